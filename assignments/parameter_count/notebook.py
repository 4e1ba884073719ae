# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] lang="fr"
# # Compter les paramètres d'un réseau
#
# Les **paramètres** d'un réseau sont les nombres que l'entraînement ajuste : les poids et les biais. Les compter, c'est
# savoir combien de mémoire il faut, repérer la couche qui pèse le plus lourd, et vérifier que ton modèle est bien
# celui que tu crois avoir écrit : `model.summary()` dans Keras affiche justement ce compte.
#
# C'est aussi la meilleure façon de comprendre pourquoi la convolution a conquis le traitement d'images : elle fait avec
# 28 paramètres ce qu'une couche entièrement connectée (ou *dense*) ferait avec presque deux millions.
#
# **Les règles, valables partout :**
#
# - Un nombre de paramètres est un **entier** (`int`) : `28`, et non `28.0`.
# - Chaque fonction **renvoie** son résultat (`return`, et non `print`).
# - `bias=True` veut dire « avec les biais », `bias=False` « les poids seulement ».
# - Une fonction **ne modifie jamais** les listes et les dictionnaires qu'elle reçoit.
# - Tu peux ajouter des cellules et des fonctions à toi. Garde les noms et les paramètres de l'énoncé.
#
# Après chaque exercice, une cellule vérifie les exemples de l'énoncé. La note vient de ces exemples et
# d'autres tests que tu ne vois pas : essaie aussi tes propres cas.
#
# Les tests tournent une fois que **toutes** les cellules ont été exécutées : si une cellule plus bas reprend le
# nom d'une de tes fonctions, ou un nom dont elle se sert (`sum = 0`, par exemple), cette fonction ne marche
# plus. En dehors de NumPy, SciPy, Matplotlib et PyTorch, une bibliothèque peut manquer dans le correcteur.

# %% [markdown] lang="en"
# # Counting the parameters of a network
#
# The **parameters** of a network are the numbers that training adjusts: the weights and the biases. Counting them tells
# you how much memory you need, which layer weighs the most, and whether your model really is the one you think you
# wrote: `model.summary()` in Keras shows just that count.
#
# It is also the best way to understand why convolution conquered image processing: it does with 28 parameters what
# a fully-connected (or *dense*) layer would do with almost two million.
#
# **The rules, valid everywhere:**
#
# - A number of parameters is an **integer** (`int`): `28`, not `28.0`.
# - Each function **returns** its result (`return`, not `print`).
# - `bias=True` means “with the biases”, `bias=False` “the weights only”.
# - A function **never modifies** the lists and dictionaries it is given.
# - You may add cells and functions of your own. Keep the names and parameters of the exercises.
#
# After each exercise, a cell checks the examples of the text. The grade comes from these examples and from
# other tests that you don't see: try cases of your own as well.
#
# The tests run after **all** cells have run: if a later cell reuses the name of one of your functions, or a
# name that the function uses (such as `sum = 0`), that function breaks. Apart from NumPy, SciPy, Matplotlib
# and PyTorch, a library may be missing in the grader.

# %%
import numpy as np

# %% [markdown] lang="fr"
# ## 1. Paramètres d'une convolution
#
# Une couche de convolution lit une image à $C_{in}$ canaux et en produit une à $C_{out}$ canaux, un par filtre.
#
# ![Chaque filtre lit les trois canaux de l'image et produit une carte](figures/filter_bank.svg)
#
# Regarde un seul filtre : il a une tranche de $k \times k$ poids **pour chaque canal d'entrée**, plus **un seul biais**,
# ajouté à toute sa carte. Cela fait $k \cdot k \cdot C_{in} + 1$ paramètres, et il y a $C_{out}$ filtres :
#
# $$P_{\text{conv}} = (k \cdot k \cdot C_{in} + 1) \cdot C_{out}$$
#
# La taille de l'image n'y figure pas : les mêmes poids servent à toutes les positions.
#
# | couche | calcul | paramètres |
# |---|---|---|
# | $k = 3$, de 3 canaux vers 1 | 3·3·3 + 1 | 28 |
# | $k = 3$, de 3 canaux vers 64 | (3·3·3 + 1)·64 | 1 792 |
# | la même sans biais | 3·3·3·64 | 1 728 |
# | $k = 5$, de 6 canaux vers 16 | (5·5·6 + 1)·16 | 2 416 |
#
# ### À toi : `conv_params(kernel, in_channels, out_channels=1, bias=True)`
#
# Renvoie le nombre de paramètres, un entier.
#
# **Attention** : chaque filtre a son biais. Il y en a donc 64 dans la deuxième ligne du tableau, et non 1 ni 3·64.

# %% [markdown] lang="en"
# ## 1. Parameters of a convolution
#
# A convolution layer reads an image with $C_{in}$ channels and produces one with $C_{out}$ channels, one per filter.
#
# ![Each filter reads the three channels of the image and produces one map](figures/filter_bank.svg)
#
# Look at one filter only: it has a slice of $k \times k$ weights **for each input channel**, plus **a single bias**,
# added to its whole map. That makes $k \cdot k \cdot C_{in} + 1$ parameters, and there are $C_{out}$ filters:
#
# $$P_{\text{conv}} = (k \cdot k \cdot C_{in} + 1) \cdot C_{out}$$
#
# The size of the image does not appear: the same weights serve at all positions.
#
# | layer | calculation | parameters |
# |---|---|---|
# | $k = 3$, from 3 channels to 1 | 3·3·3 + 1 | 28 |
# | $k = 3$, from 3 channels to 64 | (3·3·3 + 1)·64 | 1,792 |
# | the same without bias | 3·3·3·64 | 1,728 |
# | $k = 5$, from 6 channels to 16 | (5·5·6 + 1)·16 | 2,416 |
#
# ### Your turn: `conv_params(kernel, in_channels, out_channels=1, bias=True)`
#
# Return the number of parameters, an integer.
#
# **Watch out**: every filter has its own bias. So there are 64 of them in the second row of the table, neither 1 nor
# 3·64.

# %% task="conv_params"

# %% [markdown] lang="fr"
# ## 2. Paramètres d'une couche entièrement connectée
#
# Dans une couche entièrement connectée, chaque sortie est reliée à chaque entrée par un poids, et a son propre
# biais :
#
# $$P_{\text{dense}} = n_{in} \cdot n_{out} + n_{out} = (n_{in} + 1) \cdot n_{out}$$
#
# Le petit réseau 784 → 128 → 10, qui classe les chiffres de MNIST, a ainsi
# $(784 + 1) \cdot 128 + (128 + 1) \cdot 10 = 100\,480 + 1\,290 = 101\,770$ paramètres.
#
# Et une image de 224×224×3 a 150 528 valeurs : avec 512 neurones seulement, la première couche en demande
# $(150\,528 + 1) \cdot 512 = 77\,070\,848$ !
#
# ### À toi : `dense_params(in_features, out_features, bias=True)`
#
# Renvoie le nombre de paramètres, un entier.

# %% [markdown] lang="en"
# ## 2. Parameters of a fully-connected layer
#
# In a fully-connected layer, each output is linked to each input by one weight, and has a bias of its own:
#
# $$P_{\text{dense}} = n_{in} \cdot n_{out} + n_{out} = (n_{in} + 1) \cdot n_{out}$$
#
# So the small network 784 → 128 → 10, which classifies the digits of MNIST, has
# $(784 + 1) \cdot 128 + (128 + 1) \cdot 10 = 100{,}480 + 1{,}290 = 101{,}770$ parameters.
#
# And an image of 224×224×3 has 150,528 values: with no more than 512 neurons, the first layer asks for
# $(150{,}528 + 1) \cdot 512 = 77{,}070{,}848$!
#
# ### Your turn: `dense_params(in_features, out_features, bias=True)`
#
# Return the number of parameters, an integer.

# %% task="dense_params"

# %% [markdown] lang="fr"
# ## 3. La couche entièrement connectée qui remplacerait un filtre
#
# Un filtre donne une carte de $H_{\text{sortie}} \times W_{\text{sortie}}$ valeurs. Une couche entièrement connectée
# pourrait donner autant de valeurs, mais à quel prix ? Voici le même cas en petit, avec 5 entrées et 3 sorties :
#
# ![La convolution réutilise ses 3 poids partout ; la couche entièrement connectée en a 15](figures/shared_weights.svg)
#
# À gauche, une convolution : trois poids, les mêmes (mêmes couleurs) à chaque position. À droite, une couche
# entièrement connectée : quinze poids, tous différents. La convolution gagne deux fois, car chaque sortie ne regarde
# que quelques **voisins**, et toutes **partagent** leurs poids.
#
# Pour une image $H \times W \times C$, la couche entièrement connectée relie toutes les valeurs de l'image à toutes
# celles de la carte :
#
# $$n_{in} = H \cdot W \cdot C, \qquad
# n_{out} = \left(\left\lfloor \tfrac{H + 2p - k}{s} \right\rfloor + 1\right) \cdot
# \left(\left\lfloor \tfrac{W + 2p - k}{s} \right\rfloor + 1\right)$$
#
# **Exemples.**
#
# - Image 28×28×3, $k = 3$, $p = 1$ : 2 352 entrées, 28 · 28 = 784 sorties, donc 1 843 968 poids et 784 biais,
#   soit 1 844 752 paramètres. Le filtre, lui, en a 28.
# - Image 5×5×1, $k = 3$ sans padding : 25 entrées, 3 · 3 = 9 sorties, donc 225 + 9 = 234 paramètres.
#
# > La feuille n° 3 écrit 2 352 × 784 = 1 842 048 : c'est une petite erreur de calcul, le produit vaut 1 843 968.
#
# ### À toi : `dense_equivalent_params(height, width, channels, kernel, padding=0, stride=1, bias=True)`
#
# Renvoie le nombre de paramètres de cette couche entièrement connectée, un entier.
#
# **Attention**
#
# - La sortie n'a la taille de l'entrée que si le padding la conserve : calcule-la.
# - Les biais sont ceux de la couche entièrement connectée : un par valeur de sortie.
# - L'image n'est pas forcément carrée.

# %% [markdown] lang="en"
# ## 3. The fully-connected layer that would replace a filter
#
# A filter gives a map of $H_{\text{out}} \times W_{\text{out}}$ values. A fully-connected layer could give as many
# values, but at what price? Here is the same case on a small scale, with 5 inputs and 3 outputs:
#
# ![The convolution reuses its 3 weights everywhere; the fully-connected layer has 15](figures/shared_weights.svg)
#
# On the left, a convolution: three weights, the same (same colours) at each position. On the right, a fully-connected
# layer: fifteen weights, all different. The convolution wins twice, as each output looks at a few **neighbours**
# only, and all of them **share** their weights.
#
# For an image $H \times W \times C$, the fully-connected layer links all values of the image to all those of the map:
#
# $$n_{in} = H \cdot W \cdot C, \qquad
# n_{out} = \left(\left\lfloor \tfrac{H + 2p - k}{s} \right\rfloor + 1\right) \cdot
# \left(\left\lfloor \tfrac{W + 2p - k}{s} \right\rfloor + 1\right)$$
#
# **Examples.**
#
# - A 28×28×3 image, $k = 3$, $p = 1$: 2,352 inputs, 28 · 28 = 784 outputs, hence 1,843,968 weights and 784 biases,
#   1,844,752 parameters in all. The filter has 28.
# - A 5×5×1 image, $k = 3$ without padding: 25 inputs, 3 · 3 = 9 outputs, hence 225 + 9 = 234 parameters.
#
# > Sheet no. 3 writes 2,352 × 784 = 1,842,048: a small slip in the multiplication, the product is 1,843,968.
#
# ### Your turn: `dense_equivalent_params(height, width, channels, kernel, padding=0, stride=1, bias=True)`
#
# Return the number of parameters of this fully-connected layer, an integer.
#
# **Watch out**
#
# - The output has the size of the input only if the padding keeps it: compute it.
# - The biases are those of the fully-connected layer: one for each output value.
# - The image need not be square.

# %% task="dense_equivalent_params"

# %% [markdown] lang="fr"
# **Regarde tes fonctions.** Les deux comptes pour une image carrée de plus en plus grande : celui du filtre ne bouge pas,
# celui de la couche entièrement connectée croît comme la puissance quatrième du côté.

# %% [markdown] lang="en"
# **Look at your functions.** Both counts for a square image that grows: that of the filter stays put, that of the
# fully-connected layer grows as the fourth power of the side.

# %% tags=["figure"]
import matplotlib.pyplot as plt

sides = [8, 16, 32, 64, 128, 224]
plt.plot(
    sides,
    [dense_equivalent_params(side, side, 3, 3, padding=1) for side in sides],
    "o-",
    label="dense",
)
plt.plot(sides, [conv_params(3, 3) for side in sides], "s-", label="conv 3×3")
plt.xscale("log", base=2)
plt.yscale("log")
plt.xlabel("H = W")
plt.ylabel("P")
plt.legend()
plt.grid(alpha=0.3)
plt.show()

# %% [markdown] lang="fr"
# ## 4. Paramètres d'un réseau entier
#
# Un réseau se décrit comme dans le notebook sur les tailles de sortie, par une liste de dictionnaires :
#
# | couche | dictionnaire | paramètres |
# |---|---|---|
# | convolution | `{"type": "conv", "filters": 6, "kernel": 5, "padding": 0, "stride": 1}` | poids et biais |
# | pooling | `{"type": "pool", "size": 2, "stride": 2}` | **aucun** |
# | mise à plat | `{"type": "flatten"}` | **aucun** |
# | couche entièrement connectée | `{"type": "dense", "units": 10}` | poids et biais |
#
# Dans tous les tests, chaque dictionnaire contient toutes les clés de ce tableau, et une couche entièrement connectée
# vient toujours après un `flatten` ou une autre couche entièrement connectée. Toutes les couches ont leurs biais.
#
# Pour compter, il faut suivre la forme des données en même temps que l'on additionne :
#
# - le nombre de canaux qu'une convolution lit est celui que la couche **précédente** a produit ;
# - un pooling n'apprend rien, mais il réduit l'image, et la première couche entièrement connectée en devient bien
#   plus petite ;
# - la couche entièrement connectée qui suit `flatten` lit hauteur × largeur × canaux valeurs.
#
# **Exemple.** Image 6×6×1 :
#
# | couche | forme après | paramètres |
# |---|---|---|
# | conv, 2 filtres, $k = 3$, $p = 0$, $s = 1$ | 4×4×2 | (9·1 + 1)·2 = 20 |
# | pool, 2×2, $s = 2$ | 2×2×2 | 0 |
# | flatten | 8 | 0 |
# | dense, 3 | 3 | (8 + 1)·3 = 27 |
# | **total** | | **47** |

# %% [markdown] lang="en"
# ## 4. Parameters of a whole network
#
# A network is described as in the notebook about output sizes, by a list of dictionaries:
#
# | layer | dictionary | parameters |
# |---|---|---|
# | convolution | `{"type": "conv", "filters": 6, "kernel": 5, "padding": 0, "stride": 1}` | weights and biases |
# | pooling | `{"type": "pool", "size": 2, "stride": 2}` | **none** |
# | flattening | `{"type": "flatten"}` | **none** |
# | fully-connected | `{"type": "dense", "units": 10}` | weights and biases |
#
# In all tests, each dictionary holds all the keys of this table, and a `dense` layer always comes after a `flatten`
# or another `dense` layer. All layers have their biases.
#
# To count, you have to follow the shape of the data while you add up:
#
# - the number of channels that a convolution reads is what the layer **before** it produced;
# - a pooling learns nothing, but it shrinks the image, and the first fully-connected layer gets much smaller;
# - the fully-connected layer after `flatten` reads height × width × channels values.
#
# **Example.** An image 6×6×1:
#
# | layer | shape after it | parameters |
# |---|---|---|
# | conv, 2 filters, $k = 3$, $p = 0$, $s = 1$ | 4×4×2 | (9·1 + 1)·2 = 20 |
# | pool, 2×2, $s = 2$ | 2×2×2 | 0 |
# | flatten | 8 | 0 |
# | dense, 3 | 3 | (8 + 1)·3 = 27 |
# | **total** | | **47** |

# %% [markdown] lang="fr"
# ### À toi : `network_params(input_shape, layers)`
#
# Renvoie le nombre de paramètres du réseau, un entier. `input_shape` est `(hauteur, largeur, canaux)`. La liste
# `layers` et ses dictionnaires ne doivent pas être modifiés.
#
# Si tu as écrit `trace_shapes` dans le notebook sur les tailles de sortie, recopie-la dans une cellule au-dessus,
# avec les fonctions qu'elle appelle : ce notebook doit fonctionner seul. `conv_params` et `dense_params` peuvent
# servir aussi.
#
# Quelques comptes connus, pour t'y retrouver :
#
# | réseau | entrée | paramètres |
# |---|---|---|
# | LeNet-5, avec C5 en convolution | 32×32×1 | 61 706 |
# | conv 32 – pool – conv 64 – pool – dense 10, $k = 3$, $p = 1$ | 28×28×1 | 50 186 |
# | le réseau de la feuille n° 3 (sans padding) | 28×28×1 | 58 474 |
# | flatten – dense 128 – dense 10 | 28×28×1 | 101 770 |
# | conv 16 – conv 32, $k = 3$, sans padding | 28×28×1 | 160 + 4 640 = 4 800 |
#
# > **Deux remarques sur le cours.** Il annonce environ 10 000 paramètres pour un « CNN simple » à deux convolutions ;
# > le réseau de la deuxième ligne, qu'il décrit plus loin, en a **50 186**, dont 31 370 dans sa seule couche
# > entièrement connectée. Et si tu trouves 81 002 pour la feuille n° 3, tu as suivi ses commentaires (14×14, puis
# > 6×6) : sans padding, la dernière carte est de 5×5, et il y a 800 valeurs après `flatten`.

# %% [markdown] lang="en"
# ### Your turn: `network_params(input_shape, layers)`
#
# Return the number of parameters of the network, an integer. `input_shape` is `(height, width, channels)`. The list
# `layers` and its dictionaries must not be modified.
#
# If you wrote `trace_shapes` in the notebook about output sizes, copy it into a cell above, with the functions it
# calls: this notebook has to work by itself. `conv_params` and `dense_params` may be of use as well.
#
# A few well-known counts, to check yourself:
#
# | network | input | parameters |
# |---|---|---|
# | LeNet-5, with C5 as a convolution | 32×32×1 | 61,706 |
# | conv 32 – pool – conv 64 – pool – dense 10, $k = 3$, $p = 1$ | 28×28×1 | 50,186 |
# | the network of sheet no. 3 (no padding) | 28×28×1 | 58,474 |
# | flatten – dense 128 – dense 10 | 28×28×1 | 101,770 |
# | conv 16 – conv 32, $k = 3$, no padding | 28×28×1 | 160 + 4,640 = 4,800 |
#
# > **Two remarks about the course.** It announces about 10,000 parameters for a “simple CNN” with two convolutions;
# > the network of the second row, which it describes later on, has **50,186**, of which 31,370 are in its one
# > fully-connected layer. And if you find 81,002 for sheet no. 3, you followed its comments (14×14, then 6×6): without
# > padding the last map is 5×5, and there are 800 values after `flatten`.

# %% task="network_params"

# %% [markdown] lang="fr"
# **Regarde ta fonction.** Les paramètres de LeNet-5 après 1, 2, 3… couches. L'essentiel vient d'une seule d'entre elles :
# laquelle ?

# %% [markdown] lang="en"
# **Look at your function.** The parameters of LeNet-5 after 1, 2, 3… layers. Most of them come from a single one: which?

# %% tags=["figure"]
import matplotlib.pyplot as plt

lenet5 = [
    {"type": "conv", "filters": 6, "kernel": 5, "padding": 0, "stride": 1},
    {"type": "pool", "size": 2, "stride": 2},
    {"type": "conv", "filters": 16, "kernel": 5, "padding": 0, "stride": 1},
    {"type": "pool", "size": 2, "stride": 2},
    {"type": "conv", "filters": 120, "kernel": 5, "padding": 0, "stride": 1},
    {"type": "flatten"},
    {"type": "dense", "units": 84},
    {"type": "dense", "units": 10},
]
totals = [network_params((32, 32, 1), lenet5[: n + 1]) for n in range(len(lenet5))]
plt.bar(range(len(lenet5)), totals)
plt.xticks(range(len(lenet5)), [layer["type"] for layer in lenet5])
plt.ylabel("ΣP")
plt.show()

# %% [markdown] lang="fr"
# ## 5. Empiler des convolutions 3×3
#
# Deux convolutions 3×3 à la suite voient autant de pixels qu'une seule 5×5. Si chacune lit et produit $C$ canaux,
# comparons leurs poids :
#
# ![Une convolution 5×5 a 25 C² poids, deux convolutions 3×3 en ont 18 C²](figures/stacked_3x3.svg)
#
# $$5 \cdot 5 \cdot C \cdot C = 25\,C^2 \qquad \text{contre} \qquad 2 \cdot (3 \cdot 3 \cdot C \cdot C) = 18\,C^2$$
#
# C'est 28 % de poids en moins, avec une non-linéarité de plus entre les deux : l'idée de VGG (2014). Avec
# une profondeur $d$, on obtient $9\,d\,C^2$ poids, et $d\,C$ biais si on les compte.
#
# **Exemples** avec $C = 64$ et $d = 2$ : 73 728 poids ; 73 856 paramètres avec les biais (2 · 64 de plus).
#
# ### À toi : `stacked_3x3_params(channels, depth, bias=False)`
#
# Renvoie le nombre de paramètres de `depth` convolutions 3×3 à la suite, chacune de `channels` canaux vers
# `channels` canaux. Ici, les biais ne sont **pas** comptés par défaut.

# %% [markdown] lang="en"
# ## 5. Stacking 3×3 convolutions
#
# Two 3×3 convolutions in a row see as many pixels as a single 5×5. If each reads and produces $C$ channels, let us
# compare their weights:
#
# ![One 5×5 convolution has 25 C² weights, two 3×3 convolutions have 18 C²](figures/stacked_3x3.svg)
#
# $$5 \cdot 5 \cdot C \cdot C = 25\,C^2 \qquad \text{against} \qquad 2 \cdot (3 \cdot 3 \cdot C \cdot C) = 18\,C^2$$
#
# That is 28% fewer weights, with one more non-linearity between the two: the idea of VGG (2014). At a
# depth $d$ this gives $9\,d\,C^2$ weights, and $d\,C$ biases if they are counted.
#
# **Examples** with $C = 64$ and $d = 2$: 73,728 weights; 73,856 parameters with the biases (2 · 64 more).
#
# ### Your turn: `stacked_3x3_params(channels, depth, bias=False)`
#
# Return the number of parameters of `depth` 3×3 convolutions in a row, each from `channels` channels to `channels`
# channels. Here the biases are **not** counted by default.

# %% task="stacked_3x3_params"

# %% [markdown] lang="fr"
# **Regarde ta fonction.** Une seule grande convolution ou une pile de 3×3, à champ récepteur égal : l'écart se creuse
# vite.

# %% [markdown] lang="en"
# **Look at your function.** One large convolution or a stack of 3×3, with equal receptive fields: the gap widens
# quickly.

# %% tags=["figure"]
import matplotlib.pyplot as plt

depths = np.arange(1, 7)
plt.bar(
    depths - 0.2,
    [conv_params(int(2 * depth + 1), 64, 64, bias=False) for depth in depths],
    0.4,
    label="1 × (k × k)",
)
plt.bar(
    depths + 0.2, [stacked_3x3_params(64, int(depth)) for depth in depths], 0.4, label="d × (3 × 3)"
)
plt.xticks(depths, [f"k = {2 * depth + 1}\nd = {depth}" for depth in depths])
plt.ylabel("P  (C = 64)")
plt.legend()
plt.show()

# %% [markdown] lang="fr"
# ## Ce qu'il faut retenir
#
# - Convolution : $(k^2 C_{in} + 1)\,C_{out}$, quelle que soit la taille de l'image. Couche entièrement connectée :
#   $(n_{in} + 1)\,n_{out}$.
# - Un biais par filtre ou par neurone. Pooling et flatten n'ont aucun paramètre.
# - Dans les anciens réseaux, presque tout est dans les couches entièrement connectées : dans VGG-16, la première en a
#   à elle seule 102 764 544 sur 138 357 544.
# - De petits noyaux empilés coûtent moins cher qu'un grand, à champ récepteur égal.

# %% [markdown] lang="en"
# ## What to remember
#
# - Convolution: $(k^2 C_{in} + 1)\,C_{out}$, whatever the size of the image. Fully-connected: $(n_{in} + 1)\,n_{out}$.
# - One bias per filter or per neuron. Pooling and flatten have no parameters.
# - In older networks nearly everything is in the fully-connected layers: in VGG-16, the first one alone holds
#   102,764,544 out of 138,357,544.
# - Small stacked kernels cost less than one large kernel with the same receptive field.

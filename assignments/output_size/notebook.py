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
# # Tailles de sortie à travers un réseau
#
# Avant d'écrire un réseau convolutif, il faut savoir quelle forme ont les données après chaque couche. C'est ce
# calcul qui te dit combien de neurones attend la première couche entièrement connectée (ou *dense*), pourquoi PyTorch
# se plaint d'une « size mismatch », ou combien de pixels de l'image un neurone regarde vraiment.
#
# Dans ce notebook, tu écris cinq fonctions qui ne calculent que des **tailles** : aucune image n'est
# nécessaire, rien que des nombres entiers.
#
# **Les règles, valables partout :**
#
# - Une forme est un tuple `(hauteur, largeur, canaux)` ; un côté se compte en pixels, c'est un **entier** (`int`).
# - Chaque fonction **renvoie** son résultat (`return`, et non `print`).
# - Quand une demande n'a pas de sens, la fonction lève `ValueError` ; l'énoncé dit quand.
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
# # Output sizes through a network
#
# Before you write a convolutional network you need to know the shape of the data after each layer. This is the
# calculation that tells you how many neurons the first fully-connected (or *dense*) layer expects, why PyTorch complains
# about a “size mismatch”, or how many pixels of the image a neuron really looks at.
#
# In this notebook you write five functions that compute nothing but **sizes**: no image is needed, just
# whole numbers.
#
# **The rules, valid everywhere:**
#
# - A shape is a tuple `(height, width, channels)`; a side is counted in pixels and is an **integer** (`int`).
# - Each function **returns** its result (`return`, not `print`).
# - When a request makes no sense, the function raises `ValueError`; the text says when.
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
# ## 1. Taille de sortie d'une convolution
#
# Un noyau de taille $k$ glisse sur un côté de longueur $n$. On ajoute $p$ zéros **de chaque côté** (le
# **padding**), et le noyau avance de $s$ pixels à la fois : c'est le **pas**, ou **stride**.
#
# ![Un noyau de taille 3 avance de 2 en 2 sur 6 pixels bordés de zéros : il a trois positions](figures/sliding_window.svg)
#
# Compte les positions possibles du noyau sur ce dessin :
#
# - le côté agrandi mesure $n + 2p = 8$ pixels ;
# - une fois le noyau posé tout à gauche, il reste $n + 2p - k = 5$ pixels devant lui ;
# - il peut donc avancer $\lfloor 5 / 2 \rfloor = 2$ fois, et le dernier pixel n'est jamais lu ;
# - avec sa position de départ, cela fait $2 + 1 = 3$ valeurs.
#
# D'où la formule, la même pour la hauteur et pour la largeur :
#
# $$n_{\text{sortie}} = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$
#
# où $\lfloor x \rfloor$ est l'arrondi **vers le bas** : une fenêtre qui dépasserait du bord n'est pas calculée.
#
# | entrée | $k$ | $p$ | $s$ | calcul | sortie |
# |---|---|---|---|---|---|
# | 28×28 | 3 | 0 | 1 | (28 − 3)/1 + 1 | 26×26 |
# | 28×28 | 3 | 1 | 1 | (28 + 2 − 3)/1 + 1 | 28×28 |
# | 32×32 | 5 | 2 | 1 | (32 + 4 − 5)/1 + 1 | 32×32 |
# | 227×227 | 11 | 0 | 4 | (227 − 11)/4 + 1 | 55×55 |
#
# La dernière ligne est la première couche d'AlexNet (2012).
#
# > **Et la formule $n - k + 1$ ?** Tu la trouveras dans le cours pour la convolution à une dimension. Elle est
# > juste, mais seulement sans padding et avec un stride de 1 : c'est un cas particulier de celle-ci.

# %% [markdown] lang="en"
# ## 1. Output size of a convolution
#
# A kernel of size $k$ slides over a side of length $n$. We add $p$ zeros **on each side** (the **padding**), and
# the kernel moves on by $s$ pixels at a time: this is the **stride**.
#
# ![A kernel of size 3 moves by 2 over 6 pixels with a zero at each end: it has three positions](figures/sliding_window.svg)
#
# Count the possible positions of the kernel in this drawing:
#
# - the enlarged side measures $n + 2p = 8$ pixels;
# - once the kernel lies at the far left, $n + 2p - k = 5$ pixels remain in front of it;
# - so it can move on $\lfloor 5 / 2 \rfloor = 2$ times, and the last pixel is never read;
# - with its starting position, that makes $2 + 1 = 3$ values.
#
# Hence the formula, the same for the height and for the width:
#
# $$n_{\text{out}} = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$
#
# where $\lfloor x \rfloor$ means rounding **down**: a window that would stick out over the edge is not computed.
#
# | input | $k$ | $p$ | $s$ | calculation | output |
# |---|---|---|---|---|---|
# | 28×28 | 3 | 0 | 1 | (28 − 3)/1 + 1 | 26×26 |
# | 28×28 | 3 | 1 | 1 | (28 + 2 − 3)/1 + 1 | 28×28 |
# | 32×32 | 5 | 2 | 1 | (32 + 4 − 5)/1 + 1 | 32×32 |
# | 227×227 | 11 | 0 | 4 | (227 − 11)/4 + 1 | 55×55 |
#
# The last row is the first layer of AlexNet (2012).
#
# > **What about the formula $n - k + 1$?** You will find it in the course for the convolution in one dimension.
# > It is right, but only without padding and with stride 1: it is a special case of this one.

# %% [markdown] lang="fr"
# ### À toi : `conv_output_size(height, width, kernel, padding=0, stride=1)`
#
# Renvoie le tuple `(hauteur, largeur)` de la sortie, deux entiers. Le noyau est carré, mais l'image ne l'est pas
# forcément : calcule chaque côté.
#
# Lève `ValueError` dans trois cas :
#
# - le noyau est plus grand que l'entrée avec son padding, ne serait-ce que dans une direction ;
# - le stride est inférieur à 1 ;
# - le padding est négatif.
#
# **Attention**
#
# - En Python, `54 / 4` vaut `13.5` et même `56 / 4` vaut `14.0`, un flottant. L'opérateur qui divise en arrondissant
#   vers le bas s'écrit `//`.
# - Un noyau qui remplit exactement l'entrée a encore une position : 5×5 avec $k = 5$ donne 1×1.
# - Fais les vérifications **avant** le calcul : un stride de 0 provoquerait sinon une `ZeroDivisionError`.

# %% [markdown] lang="en"
# ### Your turn: `conv_output_size(height, width, kernel, padding=0, stride=1)`
#
# Return the tuple `(height, width)` of the output, two integers. The kernel is square, but the image need not be:
# compute each side.
#
# Raise `ValueError` in three cases:
#
# - the kernel is larger than the padded input, even in one direction only;
# - the stride is below 1;
# - the padding is negative.
#
# **Watch out**
#
# - In Python, `54 / 4` is `13.5`, and even `56 / 4` is `14.0`, a float. The operator that divides and rounds down
#   is written `//`.
# - A kernel that fills the input exactly still has one position: 5×5 with $k = 5$ gives 1×1.
# - Do the checks **before** the calculation: otherwise a stride of 0 causes a `ZeroDivisionError`.

# %% task="conv_output_size"

# %% [markdown] lang="fr"
# **Regarde ta fonction.** La taille de sortie pour une image de 32 pixels de côté, selon la taille du noyau. Les
# marches des courbes de stride 2 et 4 viennent de l'arrondi vers le bas.

# %% [markdown] lang="en"
# **Look at your function.** The output size for an image 32 pixels wide, depending on the size of the kernel. The
# stairs in the curves of stride 2 and 4 come from rounding down.

# %% tags=["figure"]
import matplotlib.pyplot as plt

kernels = range(1, 16)
for stride in (1, 2, 4):
    sides = [conv_output_size(32, 32, kernel, stride=stride)[0] for kernel in kernels]
    plt.plot(kernels, sides, "o-", label=f"s = {stride}")
plt.xlabel("k")
plt.ylabel("⌊(32 − k) / s⌋ + 1")
plt.legend()
plt.grid(alpha=0.3)
plt.show()

# %% [markdown] lang="fr"
# ## 2. Le padding qui conserve la taille
#
# Sans padding (on dit *valid*), une convolution de stride 1 raccourcit la hauteur et la largeur de $k - 1$ pixels
# chacune. Après dix couches 3×3, il manque déjà 20 pixels ! On choisit donc souvent le padding *same*, avec lequel la
# sortie est aussi grande que l'entrée. Avec $s = 1$, il faut
#
# $$n + 2p - k + 1 = n \quad\Longleftrightarrow\quad p = \frac{k - 1}{2} = \left\lfloor \frac{k}{2} \right\rfloor
# \text{ pour } k \text{ impair.}$$
#
# Par exemple : $k = 3 \to p = 1$, $k = 5 \to p = 2$, et $k = 1 \to p = 0$.
#
# Si $k$ est pair, $k - 1$ est impair : il faudrait un demi-pixel de chaque côté. Aucun padding symétrique ne
# conserve la taille, et c'est une des raisons pour lesquelles presque tous les noyaux sont impairs.
#
# ### À toi : `same_padding(kernel)`
#
# Renvoie le padding, un entier. Lève `ValueError` si le noyau est pair.

# %% [markdown] lang="en"
# ## 2. The padding that keeps the size
#
# Without padding (this is called *valid*), a convolution of stride 1 makes both the height and the width $k - 1$
# pixels shorter. After ten 3×3 layers, 20 pixels are already gone! So one often chooses *same* padding, with which
# the output is as large as the input. With $s = 1$ we need
#
# $$n + 2p - k + 1 = n \quad\Longleftrightarrow\quad p = \frac{k - 1}{2} = \left\lfloor \frac{k}{2} \right\rfloor
# \text{ for odd } k.$$
#
# For example: $k = 3 \to p = 1$, $k = 5 \to p = 2$, and $k = 1 \to p = 0$.
#
# If $k$ is even, $k - 1$ is odd: half a pixel would be needed on each side. No symmetric padding keeps the size, and
# that is one of the reasons why almost all kernels are odd.
#
# ### Your turn: `same_padding(kernel)`
#
# Return the padding, an integer. Raise `ValueError` if the kernel is even.

# %% task="same_padding"

# %% [markdown] lang="fr"
# ## 3. Taille de sortie d'un pooling
#
# Un pooling fait glisser une fenêtre, exactement comme une convolution, mais sans padding. Le plus courant a
# une fenêtre 2×2 et un stride de 2 : il divise chaque côté par deux.
#
# ![Quatre fenêtres 2×2 sur une image 5×5 : la dernière ligne et la dernière colonne restent dehors](figures/pool_windows.svg)
#
# Ici, l'image a 5 pixels de côté : la dernière ligne et la dernière colonne n'entrent dans aucune fenêtre complète,
# et elles sont perdues. Une image de 13×13 devient donc 6×6, et non 7×7.
#
# Quand le stride n'est pas donné, il vaut la taille de la fenêtre : les fenêtres se touchent sans se
# recouvrir. Mais il peut aussi être plus petit : AlexNet utilise des fenêtres 3×3 avec un stride de 2, qui se
# recouvrent d'un pixel (55×55 devient 27×27).
#
# ### À toi : `pool_output_size(height, width, pool_size=2, stride=None)`
#
# Renvoie le tuple `(hauteur, largeur)`, deux entiers.
#
# - Dans les tests, la fenêtre tient toujours dans l'entrée.
# - Exemples : `pool_output_size(28, 28)` donne `(14, 14)`, `pool_output_size(12, 12, 3)` donne `(4, 4)`.
# - `stride=None` veut dire « non donné » : le stride est alors `pool_size`, et pas 1 ni toujours 2.
# - Tu as déjà écrit une fonction qui ressemble beaucoup à celle-ci.

# %% [markdown] lang="en"
# ## 3. Output size of a pooling
#
# A pooling slides a window, exactly like a convolution, but without padding. The most common one has a
# 2×2 window and stride 2: it halves each side.
#
# ![Four 2×2 windows on a 5×5 image: the last row and the last column are left out](figures/pool_windows.svg)
#
# Here the image is 5 pixels wide: the last row and the last column belong to no complete window, and they are lost.
# So a 13×13 image becomes 6×6, not 7×7.
#
# When the stride is not given, it is the size of the window: the windows touch without overlapping. But it may be
# smaller as well: AlexNet uses 3×3 windows with stride 2, which overlap by one pixel (55×55 becomes 27×27).
#
# ### Your turn: `pool_output_size(height, width, pool_size=2, stride=None)`
#
# Return the tuple `(height, width)`, two integers.
#
# - In the tests the window always fits into the input.
# - Examples: `pool_output_size(28, 28)` gives `(14, 14)`, `pool_output_size(12, 12, 3)` gives `(4, 4)`.
# - `stride=None` means “not given”: the stride is then `pool_size`, neither 1 nor always 2.
# - You have already written a function that looks a lot like this one.

# %% task="pool_output_size"

# %% [markdown] lang="fr"
# ## 4. Les formes, couche après couche
#
# Un réseau n'est qu'une suite de couches : la sortie de l'une est l'entrée de la suivante. Voici LeNet-5 (1998),
# qui lit des chiffres manuscrits :
#
# ![Dans LeNet-5, les cartes rétrécissent et leur nombre augmente, jusqu'à un vecteur de 10 valeurs](figures/lenet5_shapes.svg)
#
# Nous décrivons un réseau par une liste de dictionnaires :
#
# | couche | dictionnaire | forme de sortie |
# |---|---|---|
# | convolution | `{"type": "conv", "filters": 6, "kernel": 5, "padding": 0, "stride": 1}` | `(hauteur, largeur, filters)` |
# | pooling | `{"type": "pool", "size": 2, "stride": 2}` | `(hauteur, largeur, canaux)` |
# | mise à plat | `{"type": "flatten"}` | `(hauteur × largeur × canaux,)` |
# | couche entièrement connectée | `{"type": "dense", "units": 10}` | `(units,)` |
#
# Dans tous les tests, chaque dictionnaire contient toutes les clés de ce tableau, et une couche entièrement connectée
# vient toujours après un `flatten` ou une autre couche entièrement connectée.
#
# Trois choses à retenir :
#
# - une convolution produit **un canal par filtre**, quel que soit le nombre de canaux qu'elle lit ;
# - un pooling traite chaque canal séparément et n'en change donc pas le nombre ;
# - après `flatten`, une forme n'a plus qu'un nombre, mais reste un tuple : `(400,)`, avec sa virgule.
#
# **Exemple.** Une image 8×8 en niveaux de gris, `(8, 8, 1)` :
#
# | couche | calcul | forme |
# |---|---|---|
# | conv, 4 filtres, $k = 3$, $p = 1$, $s = 1$ | (8 + 2 − 3)/1 + 1 = 8 | `(8, 8, 4)` |
# | pool, 2×2, $s = 2$ | (8 − 2)/2 + 1 = 4 | `(4, 4, 4)` |
# | flatten | 4 · 4 · 4 = 64 | `(64,)` |
# | dense, 10 | | `(10,)` |

# %% [markdown] lang="en"
# ## 4. The shapes, layer after layer
#
# A network is just a sequence of layers: the output of one is the input of the next. Here is LeNet-5 (1998), which
# reads handwritten digits:
#
# ![In LeNet-5 the maps shrink and grow in number, down to a vector of 10 values](figures/lenet5_shapes.svg)
#
# We describe a network by a list of dictionaries:
#
# | layer | dictionary | output shape |
# |---|---|---|
# | convolution | `{"type": "conv", "filters": 6, "kernel": 5, "padding": 0, "stride": 1}` | `(height, width, filters)` |
# | pooling | `{"type": "pool", "size": 2, "stride": 2}` | `(height, width, channels)` |
# | flattening | `{"type": "flatten"}` | `(height × width × channels,)` |
# | fully-connected | `{"type": "dense", "units": 10}` | `(units,)` |
#
# In all tests, each dictionary holds all the keys of this table, and a `dense` layer always comes after a `flatten`
# or another `dense` layer.
#
# Three things to remember:
#
# - a convolution produces **one channel per filter**, however many channels it reads;
# - a pooling treats each channel on its own, so it does not change their number;
# - after `flatten`, a shape has one number only, but it is still a tuple: `(400,)`, with its comma.
#
# **Example.** An 8×8 greyscale image, `(8, 8, 1)`:
#
# | layer | calculation | shape |
# |---|---|---|
# | conv, 4 filters, $k = 3$, $p = 1$, $s = 1$ | (8 + 2 − 3)/1 + 1 = 8 | `(8, 8, 4)` |
# | pool, 2×2, $s = 2$ | (8 − 2)/2 + 1 = 4 | `(4, 4, 4)` |
# | flatten | 4 · 4 · 4 = 64 | `(64,)` |
# | dense, 10 | | `(10,)` |

# %% [markdown] lang="fr"
# ### À toi : `trace_shapes(input_shape, layers)`
#
# Renvoie la liste des formes **après** chaque couche, dans l'ordre : autant de tuples que de couches, sans la forme
# d'entrée. `input_shape` est `(hauteur, largeur, canaux)`. La liste `layers` et ses dictionnaires ne doivent pas être
# modifiés (attention à `pop` !).
#
# > **Un mot sur la feuille n° 3.** Les commentaires de son réseau (convolutions 3×3, entrée 28×28×1) annoncent
# > « 14×14 » puis « 6×6 » après les deux poolings. Mais dans Keras, `Conv2D` travaille sans padding si on ne lui dit
# > rien : le code donne 26×26 après la première convolution, puis 13×13, 11×11 et enfin **5×5**. Fie-toi à la
# > formule ; ta fonction va te le confirmer.

# %% [markdown] lang="en"
# ### Your turn: `trace_shapes(input_shape, layers)`
#
# Return the list of the shapes **after** each layer, in order: as many tuples as layers, without the input shape.
# `input_shape` is `(height, width, channels)`. The list `layers` and its dictionaries must not be modified (mind
# `pop`!).
#
# > **A word about sheet no. 3.** The comments of its network (3×3 convolutions, input 28×28×1) announce “14×14”
# > and then “6×6” after the two poolings. But in Keras, `Conv2D` works without padding unless told otherwise: the code
# > gives 26×26 after the first convolution, then 13×13, 11×11 and finally **5×5**. Trust the formula; your
# > function is about to confirm it.

# %% task="trace_shapes"

# %% [markdown] lang="fr"
# **Regarde ta fonction.** Le nombre de valeurs que VGG-16 (2014) calcule après chaque couche, pour une image de
# 224×224×3. Les blocs se voient bien : chaque pooling divise le nombre de valeurs par quatre, puis le bloc suivant
# double le nombre de canaux (sauf le dernier, qui reste à 512).

# %% [markdown] lang="en"
# **Look at your function.** The number of values that VGG-16 (2014) computes after each layer, for an image of
# 224×224×3. The blocks stand out: each pooling divides the number of values by four, then the next block doubles
# the number of channels (except the last one, which stays at 512).

# %% tags=["figure"]
import matplotlib.pyplot as plt

vgg16 = []
for depth, filters in [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)]:
    for _ in range(depth):
        vgg16.append({"type": "conv", "filters": filters, "kernel": 3, "padding": 1, "stride": 1})
    vgg16.append({"type": "pool", "size": 2, "stride": 2})
vgg16.append({"type": "flatten"})
for units in (4096, 4096, 1000):
    vgg16.append({"type": "dense", "units": units})

shapes = trace_shapes((224, 224, 3), vgg16)
colours = {"conv": "tab:blue", "pool": "tab:orange", "flatten": "tab:gray", "dense": "tab:green"}
for number, (layer, shape) in enumerate(zip(vgg16, shapes)):
    plt.bar(number, np.prod(shape), color=colours[layer["type"]])
for kind, colour in colours.items():
    plt.bar(0, 0, color=colour, label=kind)
plt.xticks(
    range(len(shapes)), ["×".join(map(str, shape)) for shape in shapes], rotation=90, fontsize=7
)
plt.yscale("log")
plt.legend()
plt.tight_layout()
plt.show()

# %% [markdown] lang="fr"
# ## 5. Le champ récepteur
#
# Une valeur en sortie d'un réseau ne dépend pas de toute l'image, mais d'un carré de pixels : son **champ récepteur**.
# Avec une seule convolution 3×3, c'est 3. Avec deux, chacune des 3 valeurs lues en voit déjà 3, mais elles se
# recouvrent : au total 5 pixels, et non 9 ni 6.
#
# ![Deux convolutions de noyau 3 voient 5 pixels ; avec un stride de 2 dans la première, elles en voient 7](figures/receptive_field.svg)
#
# À droite, la première couche a un stride de 2 : ses sorties voisines sont écartées de 2 pixels dans l'image, et la
# deuxième couche voit donc plus loin avec le même noyau.
#
# On avance couche par couche avec deux nombres :
#
# - le **champ** $r$, qui vaut 1 au départ (un pixel se voit lui-même) ;
# - l'**écart** $j$, la distance dans l'image entre deux valeurs voisines, qui vaut aussi 1 au départ.
#
# Une couche de fenêtre $k$ et de stride $s$ donne
#
# $$r_{\text{nouveau}} = r + (k - 1) \cdot j, \qquad j_{\text{nouveau}} = j \cdot s.$$
#
# Un pooling compte exactement comme une convolution dont le noyau serait sa fenêtre. Le padding n'y change rien.
#
# **Exemple.** Convolution 3×3, pooling 2×2 de stride 2, convolution 3×3 :
#
# | couche | $r$ | $j$ |
# |---|---|---|
# | départ | 1 | 1 |
# | conv $k = 3$, $s = 1$ | 1 + 2·1 = 3 | 1 |
# | pool $k = 2$, $s = 2$ | 3 + 1·1 = 4 | 2 |
# | conv $k = 3$, $s = 1$ | 4 + 2·2 = **8** | 2 |
#
# ### À toi : `receptive_field(layers)`
#
# Renvoie le côté du champ récepteur après la dernière couche, un entier. `layers` est une liste comme ci-dessus, qui ne
# contient que des couches `conv` et `pool` ; là aussi, ni la liste ni ses dictionnaires ne doivent être modifiés.

# %% [markdown] lang="en"
# ## 5. The receptive field
#
# A value at the output of a network does not depend on the whole image but on a square of pixels: its **receptive
# field**. With a single 3×3 convolution it is 3. With two, each of the 3 values read already sees 3, but they
# overlap: 5 pixels in all, neither 9 nor 6.
#
# ![Two convolutions with kernel 3 see 5 pixels; with stride 2 in the first one, they see 7](figures/receptive_field.svg)
#
# On the right, the first layer has stride 2: its neighbouring outputs are 2 pixels apart in the image, so the second
# layer sees further with the same kernel.
#
# We go on layer by layer with two numbers:
#
# - the **field** $r$, which is 1 at the start (a pixel sees itself);
# - the **gap** $j$, the distance in the image between two neighbouring values, which is also 1 at the start.
#
# A layer with window $k$ and stride $s$ gives
#
# $$r_{\text{new}} = r + (k - 1) \cdot j, \qquad j_{\text{new}} = j \cdot s.$$
#
# A pooling counts exactly like a convolution whose kernel is its window. The padding changes nothing.
#
# **Example.** A 3×3 convolution, a 2×2 pooling of stride 2, a 3×3 convolution:
#
# | layer | $r$ | $j$ |
# |---|---|---|
# | start | 1 | 1 |
# | conv $k = 3$, $s = 1$ | 1 + 2·1 = 3 | 1 |
# | pool $k = 2$, $s = 2$ | 3 + 1·1 = 4 | 2 |
# | conv $k = 3$, $s = 1$ | 4 + 2·2 = **8** | 2 |
#
# ### Your turn: `receptive_field(layers)`
#
# Return the side of the receptive field after the last layer, an integer. `layers` is a list as above that holds
# only `conv` and `pool` layers; here too, neither the list nor its dictionaries may be modified.

# %% task="receptive_field"

# %% [markdown] lang="fr"
# **Regarde ta fonction.** À nombre égal de convolutions, un réseau qui intercale des poolings voit beaucoup plus
# loin : son champ récepteur grandit de façon exponentielle, et non linéaire.

# %% [markdown] lang="en"
# **Look at your function.** With the same number of convolutions, a network with poolings in between sees much
# further: its receptive field grows exponentially, not linearly.

# %% tags=["figure"]
import matplotlib.pyplot as plt

conv_3x3 = {"type": "conv", "filters": 8, "kernel": 3, "padding": 1, "stride": 1}
pool_2x2 = {"type": "pool", "size": 2, "stride": 2}
depths = range(1, 8)
plt.plot(depths, [receptive_field([conv_3x3] * depth) for depth in depths], "o-", label="conv × n")
plt.plot(
    depths,
    [receptive_field([conv_3x3, pool_2x2] * depth) for depth in depths],
    "s-",
    label="(conv + pool) × n",
)
plt.yscale("log", base=2)
plt.xlabel("n")
plt.ylabel("r")
plt.legend()
plt.grid(alpha=0.3)
plt.show()

# %% [markdown] lang="fr"
# ## Ce qu'il faut retenir
#
# - $\lfloor (n + 2p - k) / s \rfloor + 1$ : tout le notebook tient dans cette formule.
# - Padding *same* : $p = \lfloor k/2 \rfloor$ avec $k$ impair et $s = 1$. Sans padding : *valid*.
# - Les filtres fixent le nombre de canaux ; le padding, le noyau et le stride fixent les deux côtés.
# - Deux convolutions 3×3 voient autant qu'une 5×5 : c'est l'idée de VGG. Le notebook suivant en compte
#   les paramètres.

# %% [markdown] lang="en"
# ## What to remember
#
# - $\lfloor (n + 2p - k) / s \rfloor + 1$: the whole notebook is in this formula.
# - *Same* padding: $p = \lfloor k/2 \rfloor$ with odd $k$ and $s = 1$. Without padding: *valid*.
# - The filters set the number of channels; padding, kernel and stride set the two sides.
# - Two 3×3 convolutions see as much as one 5×5: that is the idea of VGG. The next notebook counts their
#   parameters.

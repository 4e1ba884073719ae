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
# # La convolution, de zéro
#
# Une couche de convolution fait glisser une petite grille de nombres, le **noyau**, sur une image, et
# calcule une somme à chaque position. Dans ce notebook, tu l'écris toi-même avec NumPy : d'abord sur un
# signal, puis sur une image, enfin sur une image à plusieurs canaux. À la fin, tu sauras exactement ce que
# `nn.Conv2d` ou `Conv2D` calculent.
#
# **Les règles, valables partout :**
#
# - Une image est un tableau de forme `(hauteur, largeur)`, ou `(hauteur, largeur, canaux)`.
# - Chaque fonction **renvoie** un nouveau tableau NumPy (`return`, et non `print`).
# - Une fonction **ne modifie jamais** les tableaux qu'elle reçoit.
# - Boucles, tranches, `sliding_window_view`, SciPy, PyTorch : tous les styles sont permis, et tu peux
#   ajouter des cellules et des fonctions à toi. Garde seulement les noms et les paramètres de l'énoncé.
#
# Après chaque exercice, une cellule vérifie les exemples de l'énoncé. La note vient de ces exemples et
# d'autres tests, sur des données que tu ne vois pas : essaie aussi tes propres cas.
#
# Les tests tournent une fois que **toutes** les cellules ont été exécutées : si une cellule plus bas reprend le
# nom d'une de tes fonctions, ou un nom dont elle se sert (`sum = 0`, par exemple), cette fonction ne marche
# plus. En dehors de NumPy, SciPy, Matplotlib et PyTorch, une bibliothèque peut manquer dans le correcteur.

# %% [markdown] lang="en"
# # Convolution from scratch
#
# A convolution layer slides a small grid of numbers, the **kernel**, over an image and computes one sum at
# each position. In this notebook you write it yourself with NumPy: first on a signal, then on an image,
# and finally on an image with several channels. In the end you will know exactly what `nn.Conv2d` or
# `Conv2D` compute.
#
# **The rules, valid everywhere:**
#
# - An image is an array of shape `(height, width)`, or `(height, width, channels)`.
# - Each function **returns** a new NumPy array (`return`, not `print`).
# - A function **never modifies** the arrays it is given.
# - Loops, slices, `sliding_window_view`, SciPy, PyTorch: every style is allowed, and you may add cells and
#   functions of your own. Just keep the names and parameters of the exercises.
#
# After each exercise, a cell checks the examples of the text. The grade comes from these examples and from
# other tests, on data you don't see: try cases of your own as well.
#
# The tests run after **all** cells have run: if a later cell reuses the name of one of your functions, or a
# name that the function uses (such as `sum = 0`), that function breaks. Apart from NumPy, SciPy, Matplotlib
# and PyTorch, a library may be missing in the grader.

# %%
import numpy as np

# %% [markdown] lang="fr"
# ## 1. Convolution d'un signal
#
# Soit un signal $x$ de longueur $n$ et un noyau $w$ de longueur $k$. À la position $i$ de la sortie, on
# multiplie terme à terme une fenêtre du signal par le noyau, puis on additionne :
#
# $$y[i] = \sum_{m=0}^{k-1} x[i \cdot s + m] \, w[m]$$
#
# - $s$ est le **pas**, ou **stride** : la fenêtre avance de $s$ cases d'une sortie à la suivante.
# - $p$ est le **padding** : avant de commencer, on ajoute $p$ zéros **avant** et $p$ zéros **après** le signal.
#
# La sortie a $\left\lfloor \dfrac{n + 2p - k}{s} \right\rfloor + 1$ valeurs. (Dans le cours, la formule
# $n - k + 1$ du cas 1-D est celle-ci avec $p = 0$ et $s = 1$.)
#
# Avec $x = [1, 2, 4, 8, 16]$ :
#
# | noyau | ce qu'il calcule | sortie |
# |---|---|---|
# | $[\frac12, \frac12]$ | moyenne mobile | $[1{,}5 ;\ 3 ;\ 6 ;\ 12]$ |
# | $[-1, 1]$ | différences (dérivée) | $[1, 2, 4, 8]$ |
# | $[1, -2, 1]$ | dérivée seconde | $[1, 2, 4]$ |
# | $[\frac14, \frac12, \frac14]$ | moyenne gaussienne | $[2{,}25 ;\ 4{,}5 ;\ 9]$ |
#
# **À écrire :** `convolve1d(signal, kernel, padding=0, stride=1)`, qui renvoie le tableau 1-D $y$.
# Dans les tests, la fenêtre tient toujours dans l'entrée.
#
# **Exemple :** le noyau $[\frac14, \frac12, \frac14]$ sur $[4, 8, 4, 12]$ avec `padding=1` lit
# $[0, 4, 8, 4, 12, 0]$ et donne $[4, 6, 7, 7]$. Avec `padding=2`, il lit $[0, 0, 4, 8, 4, 12, 0, 0]$ et donne
# $[1, 4, 6, 7, 7, 3]$.
#
# **À surveiller :**
#
# - Le noyau n'est **pas retourné** : c'est ce que font PyTorch et Keras, et le cours avec eux. En
#   traitement du signal, « convolution » désigne la version retournée, celle de `np.convolve`.
# - Le signal peut contenir des entiers et le noyau des fractions : le résultat doit garder ses décimales.

# %% [markdown] lang="en"
# ## 1. Convolution of a signal
#
# Take a signal $x$ of length $n$ and a kernel $w$ of length $k$. At position $i$ of the output, a window of
# the signal is multiplied by the kernel, entry by entry, and everything is added up:
#
# $$y[i] = \sum_{m=0}^{k-1} x[i \cdot s + m] \, w[m]$$
#
# - $s$ is the **stride**: the window moves by $s$ entries from one output to the next.
# - $p$ is the **padding**: before starting, $p$ zeros are added **before** and $p$ zeros **after** the signal.
#
# The output has $\left\lfloor \dfrac{n + 2p - k}{s} \right\rfloor + 1$ values. (The course's formula
# $n - k + 1$ for the 1-D case is this one with $p = 0$ and $s = 1$.)
#
# With $x = [1, 2, 4, 8, 16]$:
#
# | kernel | what it computes | output |
# |---|---|---|
# | $[\frac12, \frac12]$ | moving average | $[1.5, 3, 6, 12]$ |
# | $[-1, 1]$ | differences (derivative) | $[1, 2, 4, 8]$ |
# | $[1, -2, 1]$ | second derivative | $[1, 2, 4]$ |
# | $[\frac14, \frac12, \frac14]$ | Gaussian average | $[2.25, 4.5, 9]$ |
#
# **To write:** `convolve1d(signal, kernel, padding=0, stride=1)`, which returns the 1-D array $y$. In the tests the
# window always fits into the input.
#
# **Example:** the kernel $[\frac14, \frac12, \frac14]$ on $[4, 8, 4, 12]$ with `padding=1` reads
# $[0, 4, 8, 4, 12, 0]$ and gives $[4, 6, 7, 7]$. With `padding=2` it reads $[0, 0, 4, 8, 4, 12, 0, 0]$ and gives
# $[1, 4, 6, 7, 7, 3]$.
#
# **Watch out:**
#
# - The kernel is **not flipped**: this is what PyTorch and Keras do, and the course with them. In signal
#   processing, “convolution” means the flipped version, which is what `np.convolve` computes.
# - The signal may hold integers and the kernel fractions: the result must keep its decimals.

# %% task="convolve1d"

# %% [markdown] lang="fr"
# Voici ta fonction sur une sinusoïde bruitée. Le noyau de neuf valeurs $\frac19$ lisse le signal, le noyau
# $[-1, 1]$ en fait ressortir les variations, et donc le bruit.

# %% [markdown] lang="en"
# Here is your function on a noisy sine wave. The kernel of nine values $\frac19$ smooths the signal, the
# kernel $[-1, 1]$ brings out its variations, and therefore the noise.

# %% tags=["figure"]
import matplotlib.pyplot as plt

noisy = np.sin(np.linspace(0, 6, 120)) + np.random.default_rng(0).normal(scale=0.2, size=120)
figure, axes = plt.subplots(1, 2, figsize=(9, 2.5), sharey=True)
axes[0].plot(noisy, color="lightgray")
axes[0].plot(convolve1d(noisy, np.full(9, 1 / 9), padding=4))
axes[0].set_title("np.full(9, 1 / 9), padding=4")
axes[1].plot(noisy, color="lightgray")
axes[1].plot(convolve1d(noisy, np.array([-1, 1])))
axes[1].set_title("np.array([-1, 1])")
plt.show()

# %% [markdown] lang="fr"
# ## 2. Convolution d'une image
#
# C'est la même idée avec deux indices. C'est l'équation (1) du cours, complétée par le stride $s$ :
#
# $$O[i, j] = \sum_{m=0}^{k_h-1} \sum_{n=0}^{k_w-1} I[i \cdot s + m,\ j \cdot s + n] \; K[m, n]$$
#
# ![Un noyau 3×3 posé sur le coin d'une image 5×5 donne la valeur −4](figures/sliding.svg)
#
# Le calcul du coin, ligne par ligne :
# $O[0, 0] = (1 - 3) + (0 - 2) + (1 - 1) = -4$. Le noyau glisse ensuite d'une case vers la droite, et ainsi
# de suite ; il tient en $3 \times 3$ positions :
#
# $$O = \begin{bmatrix} -4 & -2 & 2 \\ 0 & -4 & -2 \\ 4 & 0 & -4 \end{bmatrix}$$
#
# Avec `padding=1`, une couronne de zéros entoure l'image. Avec `stride=2`, le noyau saute une position sur
# deux, dans les deux directions :
#
# ![Image 5×5 entourée de zéros ; les coins des fenêtres avancent de deux en deux](figures/padding_stride.svg)
#
# La taille suit l'équation (2), pour chaque côté séparément :
# $\left\lfloor \dfrac{H + 2p - k_h}{s} \right\rfloor + 1$ lignes et
# $\left\lfloor \dfrac{W + 2p - k_w}{s} \right\rfloor + 1$ colonnes.
#
# **À écrire :** `convolve2d(image, kernel, padding=0, stride=1)`, qui renvoie le tableau 2-D $O$.
#
# - L'image et le noyau peuvent être **rectangulaires**.
# - Une image d'entiers avec un noyau à virgule donne des valeurs à virgule : rien n'est tronqué.
# - Si le noyau ne tient pas dans l'image (padding compris), ne serait-ce que dans une direction :
#   `ValueError`.
# - Ni `image` ni `kernel` ne sont modifiés.
#
# **À surveiller :**
#
# - Distingue bien deux positions : $(i, j)$ dans la sortie et $(i \cdot s, j \cdot s)$ dans l'image. Un
#   extrait du cours avance de `stride` **dans la sortie** et lit l'image au même endroit : cela ne marche que
#   pour un stride de 1. Si tu pars de ce code, corrige-le.
# - `scipy.ndimage.convolve`, utilisée ailleurs dans le cours, retourne le noyau et garde la taille de
#   l'image : ce n'est pas cette convolution-ci.
# - `np.zeros((0, 0))` n'est pas une erreur pour NumPy : l'exception `ValueError` ne viendra pas toute seule.

# %% [markdown] lang="en"
# ## 2. Convolution of an image
#
# The same idea with two indices. This is equation (1) of the course, completed with the stride $s$:
#
# $$O[i, j] = \sum_{m=0}^{k_h-1} \sum_{n=0}^{k_w-1} I[i \cdot s + m,\ j \cdot s + n] \; K[m, n]$$
#
# ![A 3×3 kernel on the corner of a 5×5 image gives the value −4](figures/sliding.svg)
#
# The corner, row by row: $O[0, 0] = (1 - 3) + (0 - 2) + (1 - 1) = -4$. Then the kernel slides one step to the
# right, and so on; it fits in $3 \times 3$ positions:
#
# $$O = \begin{bmatrix} -4 & -2 & 2 \\ 0 & -4 & -2 \\ 4 & 0 & -4 \end{bmatrix}$$
#
# With `padding=1`, a ring of zeros surrounds the image. With `stride=2`, the kernel skips every other
# position, in both directions:
#
# ![A 5×5 image surrounded by zeros; the corners of the windows move two at a time](figures/padding_stride.svg)
#
# The size follows equation (2), for each side separately:
# $\left\lfloor \dfrac{H + 2p - k_h}{s} \right\rfloor + 1$ rows and
# $\left\lfloor \dfrac{W + 2p - k_w}{s} \right\rfloor + 1$ columns.
#
# **To write:** `convolve2d(image, kernel, padding=0, stride=1)`, which returns the 2-D array $O$.
#
# - The image and the kernel may be **rectangular**.
# - An integer image with a fractional kernel gives fractional values: nothing is truncated.
# - If the kernel does not fit into the image (padding included), even in one direction only:
#   `ValueError`.
# - Neither `image` nor `kernel` is modified.
#
# **Watch out:**
#
# - Keep two positions apart: $(i, j)$ in the output and $(i \cdot s, j \cdot s)$ in the image. One code
#   listing in the course moves by `stride` **in the output** and reads the image at the same place: this works for a
#   stride of 1 only. If you start from that code, fix it.
# - `scipy.ndimage.convolve`, used elsewhere in the course, flips the kernel and keeps the size of the image:
#   it is not this convolution.
# - `np.zeros((0, 0))` is not an error in NumPy: the `ValueError` will not come by itself.

# %% task="convolve2d"

# %% [markdown] lang="fr"
# Ta fonction cherche les bords verticaux d'un rectangle et d'un disque : elle répond en blanc d'un côté, en noir
# de l'autre, et reste grise (zéro) là où rien ne change de gauche à droite. Avec un stride de 2, chaque côté de la
# carte est deux fois plus petit.

# %% [markdown] lang="en"
# Your function looks for the vertical edges of a rectangle and a disc: it responds in white on one side, in
# black on the other, and stays grey (zero) where nothing changes from left to right. With a stride of 2,
# each side of the map is half as long.

# %% tags=["figure"]
import matplotlib.pyplot as plt

rows, columns = np.mgrid[0:64, 0:64]
shapes = np.zeros((64, 64))
shapes[10:34, 8:30] = 1.0
shapes[(rows - 42) ** 2 + (columns - 44) ** 2 < 15**2] = 1.0
vertical = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
figure, axes = plt.subplots(1, 3, figsize=(9, 3))
axes[0].imshow(shapes, cmap="gray")
axes[1].imshow(convolve2d(shapes, vertical, padding=1), cmap="gray")
axes[1].set_title("padding=1")
axes[2].imshow(convolve2d(shapes, vertical, padding=1, stride=2), cmap="gray")
axes[2].set_title("padding=1, stride=2")
plt.show()

# %% [markdown] lang="fr"
# ## 3. Plusieurs canaux, plusieurs filtres
#
# Une image en couleurs a trois canaux. Un **filtre** possède alors une tranche de noyau par canal ; on
# additionne les contributions des canaux, puis on ajoute **un** biais. Chaque filtre produit ainsi **une**
# carte, et une couche à $C_{out}$ filtres en produit $C_{out}$. C'est l'équation (3) du cours :
#
# $$O[i, j, c] = b_c + \sum_{m=0}^{k-1} \sum_{n=0}^{k-1} \sum_{c'=0}^{C_{in}-1} I[i \cdot s + m,\ j \cdot s + n,\ c'] \; K[m, n, c', c]$$
#
# ![Trois canaux, trois tranches de noyau, une somme, un biais : une carte](figures/channels.svg)
#
# | tableau | forme |
# |---|---|
# | `image` | $(H, W, C_{in})$ |
# | `kernels` | $(k, k, C_{in}, C_{out})$ |
# | `bias` | $(C_{out},)$, ou `None` : pas de biais |
# | sortie | $(H', W', C_{out})$, avec $H'$ et $W'$ comme dans l'exercice 2 |
#
# **Exemple :** deux canaux et un filtre. Pour le coin en haut à gauche :
#
# $$\begin{aligned}
# \text{rouge : } & \sum \left( \begin{bmatrix} 1 & 2 \\ 4 & 5 \end{bmatrix} \odot \begin{bmatrix} 1 & 0 \\ 0 & 1 \end{bmatrix} \right) = 1 + 0 + 0 + 5 = 6 \\
# \text{vert : } & \sum \left( \begin{bmatrix} 1 & 0 \\ 0 & 3 \end{bmatrix} \odot \begin{bmatrix} 0 & 2 \\ 0 & 0 \end{bmatrix} \right) = 0 + 0 + 0 + 0 = 0 \\
# & O[0, 0, 0] = 6 + 0 + b_0
# \end{aligned}$$
#
# où $\odot$ multiplie les deux grilles terme à terme et $\sum$ additionne les quatre produits.
#
# **À écrire :** `convolve_multichannel(image, kernels, bias=None, padding=0, stride=1)`.
# Dans les tests, la fenêtre tient toujours dans l'entrée.
#
# **À surveiller :**
#
# - Le padding entoure la hauteur et la largeur ; on n'ajoute **jamais** de canaux de zéros.
# - Avec un seul filtre, la sortie garde ses trois axes : $(H', W', 1)$.
# - Le biais s'ajoute une fois par filtre, pas une fois par canal.
# - `image`, `kernels` et `bias` restent tels quels : `bias *= 2` ou `image[:] = 0` changeraient les tableaux de la
#   personne qui appelle ta fonction.

# %% [markdown] lang="en"
# ## 3. Several channels, several filters
#
# A colour image has three channels. A **filter** then owns one slice of kernel per channel; the
# contributions of the channels are added up, and **one** bias is added. So each filter yields **one** map,
# and a layer with $C_{out}$ filters yields $C_{out}$ of them. This is equation (3) of the course:
#
# $$O[i, j, c] = b_c + \sum_{m=0}^{k-1} \sum_{n=0}^{k-1} \sum_{c'=0}^{C_{in}-1} I[i \cdot s + m,\ j \cdot s + n,\ c'] \; K[m, n, c', c]$$
#
# ![Three channels, three slices of kernel, one sum, one bias: one map](figures/channels.svg)
#
# | array | shape |
# |---|---|
# | `image` | $(H, W, C_{in})$ |
# | `kernels` | $(k, k, C_{in}, C_{out})$ |
# | `bias` | $(C_{out},)$, or `None`: no bias |
# | output | $(H', W', C_{out})$, with $H'$ and $W'$ as in exercise 2 |
#
# **Example:** two channels and one filter. For the top left corner:
#
# $$\begin{aligned}
# \text{red: } & \sum \left( \begin{bmatrix} 1 & 2 \\ 4 & 5 \end{bmatrix} \odot \begin{bmatrix} 1 & 0 \\ 0 & 1 \end{bmatrix} \right) = 1 + 0 + 0 + 5 = 6 \\
# \text{green: } & \sum \left( \begin{bmatrix} 1 & 0 \\ 0 & 3 \end{bmatrix} \odot \begin{bmatrix} 0 & 2 \\ 0 & 0 \end{bmatrix} \right) = 0 + 0 + 0 + 0 = 0 \\
# & O[0, 0, 0] = 6 + 0 + b_0
# \end{aligned}$$
#
# where $\odot$ multiplies the two grids entry by entry and $\sum$ adds up the four products.
#
# **To write:** `convolve_multichannel(image, kernels, bias=None, padding=0, stride=1)`.
# In the tests the window always fits into the input.
#
# **Watch out:**
#
# - The padding surrounds height and width; channels of zeros are **never** added.
# - With a single filter, the output keeps its three axes: $(H', W', 1)$.
# - The bias is added once per filter, not once per channel.
# - `image`, `kernels` and `bias` stay as they are: `bias *= 2` or `image[:] = 0` would change the arrays of whoever
#   calls your function.

# %% task="convolve_multichannel"

# %% [markdown] lang="fr"
# ## 4. ReLU
#
# Après une convolution vient une fonction non linéaire, le plus souvent ReLU, appliquée à chaque valeur :
#
# $$\text{ReLU}(x) = \max(0, x)$$
#
# ![ReLU est nulle à gauche de zéro et vaut x à droite](figures/relu.svg)
#
# Sans elle, deux convolutions à la suite n'en feraient qu'une seule, plus grande : le réseau ne gagnerait
# rien à être profond.
#
# **Exemple :** $[[-2 ;\ 0 ;\ 3{,}5],\ [0{,}25 ;\ -0{,}5 ;\ -7]]$ devient $[[0 ;\ 0 ;\ 3{,}5],\ [0{,}25 ;\ 0 ;\ 0]]$.
#
# **À écrire :** `relu(x)`, qui renvoie un tableau de la forme de `x`, **quelle que soit cette forme** : vecteur,
# image, cartes 3-D, lot 4-D.
#
# **À surveiller :** `x` ne doit pas changer. Remplacer des valeurs directement dans `x` modifierait le
# tableau de la personne qui appelle ta fonction.

# %% [markdown] lang="en"
# ## 4. ReLU
#
# After a convolution comes a non-linear function, most often ReLU, applied to every value:
#
# $$\text{ReLU}(x) = \max(0, x)$$
#
# ![ReLU is zero left of zero and equals x on the right](figures/relu.svg)
#
# Without it, two convolutions in a row would be one larger convolution: the network would gain nothing
# from being deep.
#
# **Example:** $[[-2, 0, 3.5],\ [0.25, -0.5, -7]]$ becomes $[[0, 0, 3.5],\ [0.25, 0, 0]]$.
#
# **To write:** `relu(x)`, which returns an array of the shape of `x`, **whatever this shape is**: vector,
# image, 3-D maps, 4-D batch.
#
# **Watch out:** `x` must not change. Replacing values directly in `x` would modify the array of whoever calls
# your function.

# %% task="relu"

# %% [markdown] lang="fr"
# ## 5. Les noyaux classiques
#
# Avant que les réseaux n'apprennent leurs noyaux, on les choisissait à la main. En voici sept, tous de
# taille $3 \times 3$ :
#
# | nom | noyau | répond… |
# |---|---|---|
# | `vertical` | $\begin{bmatrix} 1 & 0 & -1 \\ 1 & 0 & -1 \\ 1 & 0 & -1 \end{bmatrix}$ | aux bords verticaux |
# | `horizontal` | $\begin{bmatrix} 1 & 1 & 1 \\ 0 & 0 & 0 \\ -1 & -1 & -1 \end{bmatrix}$ | aux bords horizontaux |
# | `blur` | $\frac19 \begin{bmatrix} 1 & 1 & 1 \\ 1 & 1 & 1 \\ 1 & 1 & 1 \end{bmatrix}$ | par la moyenne des neuf pixels : un flou |
# | `sobel_x` | $\begin{bmatrix} -1 & 0 & 1 \\ -2 & 0 & 2 \\ -1 & 0 & 1 \end{bmatrix}$ | aux bords verticaux, avec le signe opposé ; la ligne du centre compte double |
# | `sobel_y` | $\begin{bmatrix} -1 & -2 & -1 \\ 0 & 0 & 0 \\ 1 & 2 & 1 \end{bmatrix}$ | aux bords horizontaux, avec le signe opposé ; la colonne du centre compte double |
# | `laplacian` | $\begin{bmatrix} 0 & 1 & 0 \\ 1 & -4 & 1 \\ 0 & 1 & 0 \end{bmatrix}$ | aux bords et aux points, dans toutes les directions |
# | `gaussian` | $\frac18 \begin{bmatrix} 0 & 1 & 0 \\ 1 & 4 & 1 \\ 0 & 1 & 0 \end{bmatrix}$ | par une moyenne qui favorise le centre : un flou plus doux |
#
# La somme des coefficients dit à quoi sert un noyau : 1 pour les flous, qui gardent la luminosité moyenne ;
# 0 pour les détecteurs de bords, qui répondent zéro sur une zone unie.
#
# **À écrire :** `classic_kernel(name)`, qui renvoie le tableau $3 \times 3$ de ce nom. Un nom qui n'est pas dans
# la liste : `ValueError`. Pour `gaussian`, l'autre version courante,
# $\frac{1}{16} [[1, 2, 1], [2, 4, 2], [1, 2, 1]]$, est acceptée aussi.
#
# **À surveiller :** `vertical` répond aux bords **verticaux**, donc aux changements de gauche à droite ;
# `sobel_x` aussi. Un dictionnaire auquel on demande une clé absente lève `KeyError`, pas `ValueError`.

# %% [markdown] lang="en"
# ## 5. The classic kernels
#
# Before networks learned their kernels, people chose them by hand. Here are seven, all of size
# $3 \times 3$:
#
# | name | kernel | responds… |
# |---|---|---|
# | `vertical` | $\begin{bmatrix} 1 & 0 & -1 \\ 1 & 0 & -1 \\ 1 & 0 & -1 \end{bmatrix}$ | to vertical edges |
# | `horizontal` | $\begin{bmatrix} 1 & 1 & 1 \\ 0 & 0 & 0 \\ -1 & -1 & -1 \end{bmatrix}$ | to horizontal edges |
# | `blur` | $\frac19 \begin{bmatrix} 1 & 1 & 1 \\ 1 & 1 & 1 \\ 1 & 1 & 1 \end{bmatrix}$ | with the mean of the nine pixels: a blur |
# | `sobel_x` | $\begin{bmatrix} -1 & 0 & 1 \\ -2 & 0 & 2 \\ -1 & 0 & 1 \end{bmatrix}$ | to vertical edges, with the opposite sign; the middle row counts double |
# | `sobel_y` | $\begin{bmatrix} -1 & -2 & -1 \\ 0 & 0 & 0 \\ 1 & 2 & 1 \end{bmatrix}$ | to horizontal edges, with the opposite sign; the middle column counts double |
# | `laplacian` | $\begin{bmatrix} 0 & 1 & 0 \\ 1 & -4 & 1 \\ 0 & 1 & 0 \end{bmatrix}$ | to edges and dots, in every direction |
# | `gaussian` | $\frac18 \begin{bmatrix} 0 & 1 & 0 \\ 1 & 4 & 1 \\ 0 & 1 & 0 \end{bmatrix}$ | with a mean that favours the centre: a softer blur |
#
# The sum of the coefficients tells what a kernel is for: 1 for the blurs, which keep the mean brightness; 0
# for the edge detectors, which respond with zero on a uniform area.
#
# **To write:** `classic_kernel(name)`, which returns the $3 \times 3$ array of this name. A name that is not in
# the list: `ValueError`. For `gaussian`, the other usual version,
# $\frac{1}{16} [[1, 2, 1], [2, 4, 2], [1, 2, 1]]$, is accepted too.
#
# **Watch out:** `vertical` responds to **vertical** edges, that is, to changes from left to right; so does
# `sobel_x`. A dictionary asked for a key it does not hold raises `KeyError`, not `ValueError`.

# %% task="classic_kernel"

# %% [markdown] lang="fr"
# Toutes tes fonctions ensemble : chaque noyau appliqué à la même image.

# %% [markdown] lang="en"
# All your functions together: each kernel applied to the same image.

# %% tags=["figure"]
import matplotlib.pyplot as plt

rows, columns = np.mgrid[0:64, 0:64]
shapes = np.zeros((64, 64))
shapes[10:34, 8:30] = 1.0
shapes[(rows - 42) ** 2 + (columns - 44) ** 2 < 15**2] = 1.0
names = ["vertical", "horizontal", "blur", "sobel_x", "sobel_y", "laplacian", "gaussian"]
figure, axes = plt.subplots(2, 4, figsize=(10, 5))
axes[0, 0].imshow(shapes, cmap="gray")
for axis, name in zip(axes.flat[1:], names):
    axis.imshow(convolve2d(shapes, classic_kernel(name), padding=1), cmap="gray")
    axis.set_title(name)
for axis in axes.flat:
    axis.axis("off")
plt.show()

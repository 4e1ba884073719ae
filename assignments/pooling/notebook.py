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
# # Du pooling à la prédiction
#
# Les convolutions ont produit des cartes. Il reste à les résumer (**pooling**), à les combiner (**couche entièrement
# connectée**, ou *dense*) et à en tirer des probabilités (**softmax**). Tu écris ces pièces une à une, puis tu les
# assembles : à la fin de ce notebook, une image entre d'un côté et des scores sortent de l'autre.
#
# **Les règles, valables partout :**
#
# - Une image est un tableau de forme `(hauteur, largeur)`, des cartes ont la forme
#   `(hauteur, largeur, canaux)`.
# - Chaque fonction **renvoie** un nouveau résultat (`return`, et non `print`).
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
# # From pooling to the prediction
#
# The convolutions have produced maps. What remains is to summarise them (**pooling**), to combine them
# (**fully-connected layer**, or *dense*) and to turn them into probabilities (**softmax**). You write these pieces one by
# one and then assemble them: at the end of this notebook, an image goes in on one side and scores come out
# on the other.
#
# **The rules, valid everywhere:**
#
# - An image is an array of shape `(height, width)`, maps have the shape `(height, width, channels)`.
# - Each function **returns** a new result (`return`, not `print`).
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
# ## 1. Pooling par maximum (*max pooling*)
#
# Une fenêtre de $k \times k$ cases se déplace sur l'image et ne garde que sa plus grande valeur. C'est
# l'équation (6) du cours :
#
# $$O[i, j] = \max_{0 \le m, n < k} I[i \cdot s + m,\ j \cdot s + n]$$
#
# ![Quatre fenêtres 2×2 et leurs maximums : 6, 8, 3, 4](figures/windows.svg)
#
# Cela réduit la carte (ici, quatre fois moins de valeurs), ne coûte **aucun paramètre**, et un motif décalé
# d'une case donne souvent le même résultat.
#
# La taille $k$ (`pool_size`) et le **pas**, ou **stride**, $s$ (`stride`) sont indépendants :
#
# - `stride` plus petit que `pool_size` : les fenêtres **se chevauchent**. Avec `pool_size=2, stride=1`, la
#   même image donne $[[6, 7, 8],\ [6, 7, 8],\ [3, 3, 4]]$.
# - Si la dernière fenêtre dépasse du bord, elle est **laissée de côté** : il y a
#   $\left\lfloor \dfrac{H - k}{s} \right\rfloor + 1$ lignes, et de même pour les colonnes.
#
# ![Image 5×5, fenêtres 2×2, stride 2 : la dernière ligne et la dernière colonne ne servent pas](figures/floor.svg)
#
# C'est pourquoi les commentaires « 14×14 » et « 6×6 » de la feuille d'exercices n° 3 sont à corriger : sans
# padding, la convolution 3×3 ramène 28 à 26 et le pooling à **13** ; la suivante ramène 13 à 11 et le
# pooling à **5**.
#
# **À écrire :** `max_pooling(image, pool_size=2, stride=2)`, qui renvoie un tableau 2-D. L'image n'est pas forcément
# carrée. Quand `stride` n'est pas donné, il vaut **2**, quel que soit `pool_size`.
# Dans les tests, la fenêtre tient toujours dans l'entrée.
#
# **À surveiller :**
#
# - Une image peut ne contenir que des valeurs **négatives** : le maximum est alors négatif, pas nul.
# - Comme pour la convolution, un extrait du cours avance de `stride` **dans la sortie** et y laisse des zéros.
#   La position $(i, j)$ de la sortie lit l'image à partir de $(i \cdot s,\ j \cdot s)$.

# %% [markdown] lang="en"
# ## 1. Max pooling
#
# A window of $k \times k$ entries moves over the image and keeps its largest value only. This is equation
# (6) of the course:
#
# $$O[i, j] = \max_{0 \le m, n < k} I[i \cdot s + m,\ j \cdot s + n]$$
#
# ![Four 2×2 windows and their maxima: 6, 8, 3, 4](figures/windows.svg)
#
# This shrinks the map (here to a quarter of the values), costs **no parameter**, and a pattern that moves by
# one pixel often gives the same result.
#
# The size $k$ (`pool_size`) and the stride $s$ (`stride`) are independent:
#
# - `stride` smaller than `pool_size`: the windows **overlap**. With `pool_size=2, stride=1`, the same image
#   gives $[[6, 7, 8],\ [6, 7, 8],\ [3, 3, 4]]$.
# - If the last window sticks out at the border, it is **left out**: there are
#   $\left\lfloor \dfrac{H - k}{s} \right\rfloor + 1$ rows, and likewise for the columns.
#
# ![A 5×5 image, 2×2 windows, stride 2: the last row and the last column are not used](figures/floor.svg)
#
# This is why the comments “14×14” and “6×6” of exercise sheet no. 3 need a correction: without padding, the
# 3×3 convolution takes 28 to 26 and the pooling to **13**; the next one takes 13 to 11 and the pooling to
# **5**.
#
# **To write:** `max_pooling(image, pool_size=2, stride=2)`, which returns a 2-D array. The image need not be square.
# When `stride` is not given, it is **2**, whatever `pool_size` is. In the tests the window always fits into the
# input.
#
# **Watch out:**
#
# - An image may hold **negative** values only: its maximum is then negative, not zero.
# - As for the convolution, one code listing in the course moves by `stride` **in the output** and leaves zeros
#   there. Position $(i, j)$ of the output reads the image from $(i \cdot s,\ j \cdot s)$.

# %% task="max_pooling"

# %% [markdown] lang="fr"
# ## 2. Pooling par moyenne (*average pooling*)
#
# Le même parcours, mais on garde la **moyenne** de chaque fenêtre. C'est l'équation (7) :
#
# $$O[i, j] = \frac{1}{k^2} \sum_{0 \le m, n < k} I[i \cdot s + m,\ j \cdot s + n]$$
#
# **Exemple :** sur l'image de l'exercice 1, la première fenêtre donne $(1 + 3 + 5 + 6) / 4 = 3{,}75$, et le tout
#
# $$\begin{bmatrix} 1 & 3 & 2 & 4 \\ 5 & 6 & 7 & 8 \\ 3 & 2 & 1 & 0 \\ 1 & 2 & 3 & 4 \end{bmatrix}
# \longrightarrow \begin{bmatrix} 3{,}75 & 5{,}25 \\ 2 & 2 \end{bmatrix}$$
#
# **À écrire :** `average_pooling(image, pool_size=2, stride=2)`, avec les mêmes règles que `max_pooling`.
# Dans les tests, la fenêtre tient toujours dans l'entrée.
#
# **À surveiller :** la moyenne d'entiers n'est pas toujours entière ; le résultat doit garder ses décimales.

# %% [markdown] lang="en"
# ## 2. Average pooling
#
# The same sweep, but each window leaves its **mean**. This is equation (7):
#
# $$O[i, j] = \frac{1}{k^2} \sum_{0 \le m, n < k} I[i \cdot s + m,\ j \cdot s + n]$$
#
# **Example:** on the image of exercise 1, the first window gives $(1 + 3 + 5 + 6) / 4 = 3.75$, and all of it
#
# $$\begin{bmatrix} 1 & 3 & 2 & 4 \\ 5 & 6 & 7 & 8 \\ 3 & 2 & 1 & 0 \\ 1 & 2 & 3 & 4 \end{bmatrix}
# \longrightarrow \begin{bmatrix} 3.75 & 5.25 \\ 2 & 2 \end{bmatrix}$$
#
# **To write:** `average_pooling(image, pool_size=2, stride=2)`, with the same rules as `max_pooling`.
# In the tests the window always fits into the input.
#
# **Watch out:** the mean of integers is not always an integer; the result must keep its decimals.

# %% task="average_pooling"

# %% [markdown] lang="fr"
# Compare tes deux fonctions sur un trait fin, avec des fenêtres de 4×4 : le maximum garde le trait net, la
# moyenne le dilue.

# %% [markdown] lang="en"
# Compare your two functions on a thin line, with 4×4 windows: the maximum keeps the line sharp, the mean
# dilutes it.

# %% tags=["figure"]
import matplotlib.pyplot as plt

rows, columns = np.mgrid[0:64, 0:64]
line = (np.abs(np.hypot(rows - 32, columns - 32) - 22) < 0.8).astype(float)
figure, axes = plt.subplots(1, 3, figsize=(9, 3))
axes[0].imshow(line, cmap="gray", vmin=0, vmax=1)
axes[1].imshow(max_pooling(line, 4, 4), cmap="gray", vmin=0, vmax=1)
axes[1].set_title("max_pooling")
axes[2].imshow(average_pooling(line, 4, 4), cmap="gray", vmin=0, vmax=1)
axes[2].set_title("average_pooling")
plt.show()

# %% [markdown] lang="fr"
# ## 3. Pooling par moyenne globale (*global average pooling*)
#
# Les réseaux récents résument chaque carte **entière** par sa moyenne, juste avant la dernière couche :
#
# $$v[c] = \frac{1}{H \, W} \sum_{i=0}^{H-1} \sum_{j=0}^{W-1} A[i, j, c]$$
#
# ![Chaque carte devient un seul nombre, sa moyenne](figures/global_average.svg)
#
# **Exemple :** des cartes de taille $2 \times 2$ à deux canaux, le premier
# $\begin{bmatrix} 1 & 2 \\ 3 & 8 \end{bmatrix}$, le second $\begin{bmatrix} 10 & 20 \\ 30 & 40 \end{bmatrix}$,
# donnent $[3{,}5 ;\ 25]$.
#
# **À écrire :** `global_average_pooling(feature_maps)`, de la forme $(H, W, C)$ vers la forme $(C,)$.
#
# **À surveiller :** les canaux sont sur le **dernier** axe. Avec un seul canal, le résultat a la forme $(1,)$.

# %% [markdown] lang="en"
# ## 3. Global average pooling
#
# Recent networks summarise each **whole** map by its mean, just before the last layer:
#
# $$v[c] = \frac{1}{H \, W} \sum_{i=0}^{H-1} \sum_{j=0}^{W-1} A[i, j, c]$$
#
# ![Each map becomes a single number, its mean](figures/global_average.svg)
#
# **Example:** maps of size $2 \times 2$ with two channels, the first $\begin{bmatrix} 1 & 2 \\ 3 & 8 \end{bmatrix}$,
# the second $\begin{bmatrix} 10 & 20 \\ 30 & 40 \end{bmatrix}$, give $[3.5, 25]$.
#
# **To write:** `global_average_pooling(feature_maps)`, from shape $(H, W, C)$ to shape $(C,)$.
#
# **Watch out:** the channels are on the **last** axis. With a single channel, the result has the shape $(1,)$.

# %% task="global_average_pooling"

# %% [markdown] lang="fr"
# ## 4. Couche entièrement connectée
#
# On **aplatit** les cartes en un vecteur de $d$ valeurs, ligne par ligne (l'ordre habituel de NumPy), puis chaque
# neurone calcule une somme pondérée et ajoute son biais (équations (8) et (9)) :
#
# $$z_u = \sum_{f=0}^{d-1} x_f \, W[f, u] + b_u$$
#
# | `weights` | `bias` | résultat |
# |---|---|---|
# | $(d, m)$ : $m$ neurones | $(m,)$ | tableau $(m,)$ |
# | $(d,)$ : un seul neurone | un nombre | un nombre |
#
# **Exemple :** $x = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$ devient $[1, 2, 3, 4]$. Avec
# $W = \begin{bmatrix} 1 & 0 \\ 0 & 1 \\ 1 & 0 \\ 0 & -1 \end{bmatrix}$ et $b = [0{,}5 ;\ 10]$ :
# $z = [1 + 3 + 0{,}5 ;\ 2 - 4 + 10] = [4{,}5 ;\ 8]$.
#
# Et avec autant de neurones que d'entrées : $x = [1, 2]$, $W = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$, $b = [0, 10]$ donnent
# $z = [1 + 6 ;\ 2 + 8 + 10] = [7 ;\ 20]$.
#
# **À écrire :** `fully_connected(x, weights, bias)`. `x` a n'importe quelle forme : vecteur, image, cartes 3-D.
#
# **À surveiller :**
#
# - Ici les poids sont rangés en (entrées, sorties). L'équation (9) du cours les écrit dans l'autre sens ($W x$), et
#   PyTorch les range ainsi : c'est la même couche, transposée.
# - Aplatir ne doit pas changer `x` : `x.shape = (-1,)` modifie le tableau reçu, `x.reshape(-1)` non. De même,
#   `bias += …` écrit dans le biais reçu.

# %% [markdown] lang="en"
# ## 4. The fully-connected layer
#
# The maps are **flattened** into a vector of $d$ values, row by row (NumPy's usual order); then each neuron
# computes a weighted sum and adds its bias (equations (8) and (9)):
#
# $$z_u = \sum_{f=0}^{d-1} x_f \, W[f, u] + b_u$$
#
# | `weights` | `bias` | result |
# |---|---|---|
# | $(d, m)$: $m$ neurons | $(m,)$ | array $(m,)$ |
# | $(d,)$: a single neuron | one number | one number |
#
# **Example:** $x = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$ becomes $[1, 2, 3, 4]$. With
# $W = \begin{bmatrix} 1 & 0 \\ 0 & 1 \\ 1 & 0 \\ 0 & -1 \end{bmatrix}$ and $b = [0.5, 10]$:
# $z = [1 + 3 + 0.5,\ 2 - 4 + 10] = [4.5, 8]$.
#
# And with as many neurons as inputs: $x = [1, 2]$, $W = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$, $b = [0, 10]$ give
# $z = [1 + 6,\ 2 + 8 + 10] = [7, 20]$.
#
# **To write:** `fully_connected(x, weights, bias)`. `x` has any shape: vector, image, 3-D maps.
#
# **Watch out:**
#
# - The weights are stored as (inputs, outputs) here. Equation (9) of the course writes them the other way round
#   ($W x$), and PyTorch stores them so: it is the same layer, transposed.
# - Flattening must not change `x`: `x.shape = (-1,)` modifies the array you were given, `x.reshape(-1)` does not.
#   Likewise, `bias += …` writes into the bias you were given.

# %% task="fully_connected"

# %% [markdown] lang="fr"
# ## 5. Softmax
#
# Les sorties de la dernière couche, les **logits**, sont des nombres quelconques. Softmax en fait des
# probabilités, positives et de somme 1 :
#
# $$\hat{y}_c = \frac{e^{z_c}}{\sum_{c'} e^{z_{c'}}}$$
#
# **Exemple :** $[0,\ \ln 2,\ \ln 3]$ a pour exponentielles $[1, 2, 3]$, de somme 6 : le résultat est
# $[\frac16, \frac26, \frac36]$.
#
# **À écrire :** `softmax(logits)`, de la même forme que `logits`. Le calcul se fait le long du **dernier axe** : pour
# un lot de forme $(N, C)$, **chaque ligne** a pour somme 1. `logits` peut avoir un, deux ou trois axes, ou plus.
#
# **À surveiller :** $e^{1000}$ dépasse ce qu'un `float` peut contenir, et $e^{-1000}$ y vaut 0. La formule appliquée
# telle quelle donne alors `nan`. Pourtant, `softmax([1000, 1000])` vaut $[\frac12, \frac12]$. Cherche ce qui se
# passe quand on ajoute une même constante à tous les logits d'une ligne, et laquelle serait utile ici.

# %% [markdown] lang="en"
# ## 5. Softmax
#
# The outputs of the last layer, the **logits**, are any numbers. Softmax turns them into probabilities,
# positive and adding up to 1:
#
# $$\hat{y}_c = \frac{e^{z_c}}{\sum_{c'} e^{z_{c'}}}$$
#
# **Example:** $[0,\ \ln 2,\ \ln 3]$ has the exponentials $[1, 2, 3]$, whose sum is 6: the result is
# $[\frac16, \frac26, \frac36]$.
#
# **To write:** `softmax(logits)`, of the same shape as `logits`. It works along the **last axis**: for a batch of
# shape $(N, C)$, **each row** adds up to 1. `logits` may have one, two or three axes, or more.
#
# **Watch out:** $e^{1000}$ is more than a `float` can hold, and $e^{-1000}$ is 0 there. The formula as it stands then
# gives `nan`. Yet `softmax([1000, 1000])` is $[\frac12, \frac12]$. Find out what happens when the same constant
# is added to all logits of a row, and which constant would help here.

# %% task="softmax"

# %% [markdown] lang="fr"
# Ta fonction sur trois logits, $z$, $0$ et $1$, quand $z$ va de −6 à 6 : la somme des trois courbes vaut 1 partout.

# %% [markdown] lang="en"
# Your function on three logits, $z$, $0$ and $1$, as $z$ goes from −6 to 6: the three curves add up to 1
# everywhere.

# %% tags=["figure"]
import matplotlib.pyplot as plt

z = np.linspace(-6, 6, 200)
logits = np.stack([z, np.zeros(200), np.ones(200)], axis=-1)
figure, axis = plt.subplots(figsize=(6, 3))
axis.plot(z, softmax(logits), label=["z", "0", "1"])
axis.set_xlabel("z")
axis.legend()
plt.show()

# %% [markdown] lang="fr"
# ## 6. Un petit réseau de bout en bout
#
# Assemble maintenant la chaîne du cours :
#
# ![De l'image 5×5 aux deux sorties, étape par étape](figures/forward.svg)
#
# 1. **convolution** de l'image par le noyau, sans padding, de stride 1, noyau non retourné ;
# 2. **ReLU** ;
# 3. **pooling par maximum** 2×2 de stride 2 ;
# 4. **couche entièrement connectée** avec `weights` et `bias` (une ou plusieurs sorties, comme dans
#    l'exercice 4). Pas de softmax : `forward` renvoie les logits.
#
# **Exemple :** l'image 5×5 du cours et le noyau `vertical`.
#
# $$\begin{bmatrix} 1 & 2 & 3 & 0 & 1 \\ 4 & 5 & 6 & 1 & 2 \\ 7 & 8 & 9 & 2 & 3 \\ 1 & 2 & 3 & 4 & 5 \\ 6 & 7 & 8 & 5 & 6 \end{bmatrix}
# \xrightarrow{\text{conv}} \begin{bmatrix} -6 & 12 & 12 \\ -6 & 8 & 8 \\ -6 & 6 & 6 \end{bmatrix}
# \xrightarrow{\text{ReLU}} \begin{bmatrix} 0 & 12 & 12 \\ 0 & 8 & 8 \\ 0 & 6 & 6 \end{bmatrix}
# \xrightarrow{\text{max 2×2}} \begin{bmatrix} 12 \end{bmatrix}$$
#
# Avec `weights` $= \begin{bmatrix} 0{,}5 & -1 \end{bmatrix}$ et `bias` $= [1, 2]$ :
# $[12 \times 0{,}5 + 1 ;\ 12 \times (-1) + 2] = [7 ;\ -10]$.
#
# **À écrire :** `forward(image, kernel, weights, bias)`. L'image et le noyau peuvent être rectangulaires.
#
# La convolution et ReLU ne sont pas dans ce notebook : recopie tes fonctions du devoir `convolution`
# dans la cellule ci-dessous, ou écris ce qu'il faut dans `forward`.

# %% [markdown] lang="en"
# ## 6. A small network from end to end
#
# Now assemble the chain of the course:
#
# ![From the 5×5 image to the two outputs, step by step](figures/forward.svg)
#
# 1. **convolution** of the image with the kernel, no padding, stride 1, kernel not flipped;
# 2. **ReLU**;
# 3. 2×2 **max pooling** with stride 2;
# 4. **fully-connected layer** with `weights` and `bias` (one or several outputs, as in exercise 4). No
#    softmax: `forward` returns the logits.
#
# **Example:** the 5×5 image of the course and the kernel `vertical`.
#
# $$\begin{bmatrix} 1 & 2 & 3 & 0 & 1 \\ 4 & 5 & 6 & 1 & 2 \\ 7 & 8 & 9 & 2 & 3 \\ 1 & 2 & 3 & 4 & 5 \\ 6 & 7 & 8 & 5 & 6 \end{bmatrix}
# \xrightarrow{\text{conv}} \begin{bmatrix} -6 & 12 & 12 \\ -6 & 8 & 8 \\ -6 & 6 & 6 \end{bmatrix}
# \xrightarrow{\text{ReLU}} \begin{bmatrix} 0 & 12 & 12 \\ 0 & 8 & 8 \\ 0 & 6 & 6 \end{bmatrix}
# \xrightarrow{\text{max 2×2}} \begin{bmatrix} 12 \end{bmatrix}$$
#
# With `weights` $= \begin{bmatrix} 0.5 & -1 \end{bmatrix}$ and `bias` $= [1, 2]$:
# $[12 \times 0.5 + 1,\ 12 \times (-1) + 2] = [7, -10]$.
#
# **To write:** `forward(image, kernel, weights, bias)`. The image and the kernel may be rectangular.
#
# The convolution and ReLU are not in this notebook: copy your functions of the assignment `convolution`
# into the cell below, or write what is needed inside `forward`.

# %%
# convolve2d, relu

# %% task="forward"

# %% [markdown] lang="fr"
# Un seul neurone suffit pour dire « bord vertical » : avec des poids tous égaux à $\frac{1}{d}$, sa sortie est la
# moyenne de la carte réduite. Elle est positive pour l'image de gauche et nulle pour celle de droite.

# %% [markdown] lang="en"
# A single neuron is enough to say “vertical edge”: with weights all equal to $\frac{1}{d}$, its output is the mean
# of the pooled map. It is positive for the image on the left and zero for the one on the right.

# %% tags=["figure"]
import matplotlib.pyplot as plt

stripe = np.zeros((12, 12))
stripe[:, :6] = 1.0
vertical = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
figure, axes = plt.subplots(1, 2, figsize=(6, 3))
for axis, picture in zip(axes, (stripe, stripe.T)):
    axis.imshow(picture, cmap="gray")
    axis.set_title(f"forward: {float(forward(picture, vertical, np.full(25, 1 / 25), 0.0)):.2f}")
plt.show()

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
# # La rétropropagation dans un CNN
#
# Un réseau apprend en corrigeant chacun de ses nombres un peu, dans le sens qui fait baisser la **perte** $L$. Il lui
# faut donc la dérivée de $L$ par rapport à chaque poids. La **rétropropagation** les calcule toutes en un seul
# passage, de la fin du réseau vers son début :
#
# ![Les valeurs vont de gauche à droite, les gradients reviennent de droite à gauche](figures/chain.svg)
#
# Chaque couche $y = f(x)$ ne fait qu'une chose. Elle **reçoit** $\dfrac{\partial L}{\partial y}$, le gradient de la
# perte par rapport à sa sortie (`grad_output` dans ce notebook), et **renvoie** $\dfrac{\partial L}{\partial x}$, le
# gradient par rapport à son entrée. C'est la règle de dérivation en chaîne :
#
# $$\frac{\partial L}{\partial x_a} = \sum_b \frac{\partial L}{\partial y_b} \, \frac{\partial y_b}{\partial x_a}$$
#
# La somme porte sur **toutes** les sorties $y_b$ dans lesquelles $x_a$ intervient. Retiens cette phrase : elle explique
# tous les `+=` de ce notebook.
#
# **Les règles, valables partout :**
#
# - Un gradient a **la forme du tableau** auquel il se rapporte. Il contient des nombres à virgule, même si ce tableau
#   contient des entiers (attention à `np.zeros_like`, qui garde le type).
# - `grad_output` est quelconque : positif, négatif, différent d'une case à l'autre. Il intervient toujours.
# - Chaque fonction **renvoie** son résultat et **ne modifie jamais** les tableaux qu'elle reçoit.
# - Boucles, `np.add.at`, `einsum`, SciPy, PyTorch : tous les styles sont permis, et tu peux ajouter des cellules et
#   des fonctions à toi. Garde seulement les noms et les paramètres de l'énoncé.
#
# Après chaque exercice, une cellule vérifie les exemples de l'énoncé. La note vient de ces exemples et
# d'autres tests, sur des données que tu ne vois pas : essaie aussi tes propres cas.
#
# Les tests tournent une fois que **toutes** les cellules ont été exécutées : si une cellule plus bas reprend le
# nom d'une de tes fonctions, ou un nom dont elle se sert (`sum = 0`, par exemple), cette fonction ne marche
# plus. En dehors de NumPy, SciPy, Matplotlib et PyTorch, une bibliothèque peut manquer dans le correcteur.

# %% [markdown] lang="en"
# # Backpropagation in a CNN
#
# A network learns by correcting each of its numbers a little, in the direction that makes the **loss** $L$ go down. So
# it needs the derivative of $L$ with respect to each weight. **Backpropagation** computes all of them in a single
# pass, from the end of the network to its beginning:
#
# ![Values go from left to right, gradients come back from right to left](figures/chain.svg)
#
# Each layer $y = f(x)$ does one thing only. It **receives** $\dfrac{\partial L}{\partial y}$, the gradient of the loss
# with respect to its output (`grad_output` in this notebook), and **returns** $\dfrac{\partial L}{\partial x}$, the
# gradient with respect to its input. This is the chain rule:
#
# $$\frac{\partial L}{\partial x_a} = \sum_b \frac{\partial L}{\partial y_b} \, \frac{\partial y_b}{\partial x_a}$$
#
# The sum runs over **all** outputs $y_b$ in which $x_a$ plays a part. Remember this sentence: it explains every `+=` of
# this notebook.
#
# **The rules, valid everywhere:**
#
# - A gradient has **the shape of the array** that it belongs to. It holds decimal numbers, even if that array holds
#   integers (beware of `np.zeros_like`, which keeps the type).
# - `grad_output` is arbitrary: positive, negative, different from one entry to the next. It always plays a part.
# - Each function **returns** its result and **never modifies** the arrays it is given.
# - Loops, `np.add.at`, `einsum`, SciPy, PyTorch: every style is allowed, and you may add cells and functions of your
#   own. Just keep the names and parameters of the exercises.
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
# ## Vérifier un gradient soi-même
#
# Une dérivée se mesure : on décale une valeur de $\pm\varepsilon$ et on regarde de combien la perte change.
#
# $$\frac{\partial L}{\partial x_a} \approx \frac{L(x_a + \varepsilon) - L(x_a - \varepsilon)}{2 \varepsilon}$$
#
# C'est bien trop lent pour entraîner un réseau (deux passages par valeur), mais parfait pour vérifier une formule. La
# fonction ci-dessous le fait pour toi. Pour une couche $f$ et un gradient reçu $g$, la perte à lui donner est
# $\sum_b g_b \, f(x)_b$ : sa dérivée est exactement ce que ta fonction doit renvoyer.
#
# Par exemple, pour $f(x) = x^2$ et $g = [10, 100]$, en $x = [1, 3]$ : la dérivée est $2x \cdot g = [20, 600]$.

# %% [markdown] lang="en"
# ## Checking a gradient yourself
#
# A derivative can be measured: move one value by $\pm\varepsilon$ and see how much the loss changes.
#
# $$\frac{\partial L}{\partial x_a} \approx \frac{L(x_a + \varepsilon) - L(x_a - \varepsilon)}{2 \varepsilon}$$
#
# This is far too slow for training a network (two passes per value), but perfect for checking a formula. The function
# below does it for you. For a layer $f$ and a gradient received $g$, the loss to give it is $\sum_b g_b \, f(x)_b$:
# its derivative is exactly what your function must return.
#
# For example, for $f(x) = x^2$ and $g = [10, 100]$, at $x = [1, 3]$: the derivative is $2x \cdot g = [20, 600]$.

# %%
np.set_printoptions(precision=3, suppress=True)


def measured_gradient(loss, x, epsilon=1e-6):
    gradient = np.zeros(x.shape)
    for position in np.ndindex(x.shape):
        above, below = x.astype(float), x.astype(float)
        above[position] += epsilon
        below[position] -= epsilon
        gradient[position] = (loss(above) - loss(below)) / (2 * epsilon)
    return gradient


measured_gradient(lambda x: np.sum([10, 100] * x**2), np.array([1.0, 3.0]))

# %% [markdown] lang="fr"
# ## 1. La perte : entropie croisée après softmax
#
# Tout commence par la perte. Pour un lot de $N$ exemples, les logits $z$ ont la forme $(N, C)$ et les étiquettes
# $t$ la forme $(N,)$ : ce sont les numéros des bonnes classes, de $0$ à $C - 1$. Softmax (équation (10)) donne les
# probabilités $p$, ligne par ligne ; la perte est la **moyenne** sur le lot de $-\ln$ de la probabilité de la bonne
# classe :
#
# $$p_{n,c} = \frac{e^{z_{n,c}}}{\sum_{c'} e^{z_{n,c'}}} \qquad\qquad L = -\frac{1}{N} \sum_{n=0}^{N-1} \ln p_{n,\,t_n}$$
#
# Le gradient est étonnamment simple, une fois softmax et le logarithme dérivés ensemble :
#
# $$\frac{\partial L}{\partial z_{n,c}} = \frac{1}{N} \left( p_{n,c} - \begin{cases} 1 & \text{si } c = t_n \\ 0 & \text{sinon} \end{cases} \right)$$
#
# Les logits trop hauts descendent, celui de la bonne classe monte, et une ligne déjà juste ne bouge presque plus.
#
# **Exemple :** deux exemples, de probabilités $[\frac16, \frac26, \frac36]$ et $[\frac24, \frac14, \frac14]$, et les
# étiquettes $[2, 1]$ (c'est-à-dire des logits $[0, \ln 2, \ln 3]$ et $[\ln 2, 0, 0]$) :
#
# $$L = \tfrac12 (\ln 2 + \ln 4) \approx 1{,}04 \qquad\qquad \frac{\partial L}{\partial z}
# = \frac12 \begin{bmatrix} \frac16 & \frac26 & \frac36 - 1 \\ \frac24 & \frac14 - 1 & \frac14 \end{bmatrix}$$
#
# **À écrire :** `softmax_cross_entropy(logits, labels)`, qui renvoie le couple `(loss, grad_logits)` : un nombre et un
# tableau $(N, C)$.
#
# **À surveiller :**
#
# - La division par $N$ concerne **la perte et le gradient**.
# - Pour $z = [1000, 0]$ et l'étiquette 1, $e^{1000}$ déborde. Softmax stable ne suffit pas encore : la probabilité
#   $e^{-1000}$ vaut 0 dans un `float`, et son logarithme est infini, alors que la perte vaut simplement 1000. Il faut
#   calculer $\ln p_{n,c} = z_{n,c} - \ln \sum_{c'} e^{z_{n,c'}}$ **sans passer par $p$** (et sans ajouter
#   $10^{-12}$, ce qui changerait le résultat).

# %% [markdown] lang="en"
# ## 1. The loss: cross-entropy after softmax
#
# Everything starts with the loss. For a batch of $N$ samples, the logits $z$ have the shape $(N, C)$ and the labels
# $t$ the shape $(N,)$: they are the numbers of the right classes, from $0$ to $C - 1$. Softmax (equation (10)) gives the
# probabilities $p$, row by row; the loss is the **mean** over the batch of $-\ln$ of the probability of the right
# class:
#
# $$p_{n,c} = \frac{e^{z_{n,c}}}{\sum_{c'} e^{z_{n,c'}}} \qquad\qquad L = -\frac{1}{N} \sum_{n=0}^{N-1} \ln p_{n,\,t_n}$$
#
# The gradient is surprisingly simple, once softmax and the logarithm are differentiated together:
#
# $$\frac{\partial L}{\partial z_{n,c}} = \frac{1}{N} \left( p_{n,c} - \begin{cases} 1 & \text{if } c = t_n \\ 0 & \text{otherwise} \end{cases} \right)$$
#
# Logits that are too high go down, that of the right class goes up, and a row that is right already hardly moves.
#
# **Example:** two samples, with the probabilities $[\frac16, \frac26, \frac36]$ and $[\frac24, \frac14, \frac14]$, and
# the labels $[2, 1]$ (that is, the logits $[0, \ln 2, \ln 3]$ and $[\ln 2, 0, 0]$):
#
# $$L = \tfrac12 (\ln 2 + \ln 4) \approx 1.04 \qquad\qquad \frac{\partial L}{\partial z}
# = \frac12 \begin{bmatrix} \frac16 & \frac26 & \frac36 - 1 \\ \frac24 & \frac14 - 1 & \frac14 \end{bmatrix}$$
#
# **To write:** `softmax_cross_entropy(logits, labels)`, which returns the pair `(loss, grad_logits)`: one number and an
# array $(N, C)$.
#
# **Watch out:**
#
# - The division by $N$ concerns **the loss and the gradient**.
# - For $z = [1000, 0]$ and the label 1, $e^{1000}$ overflows. A stable softmax is not enough yet: the probability
#   $e^{-1000}$ is 0 in a `float`, and its logarithm is infinite, while the loss is simply 1000. Compute
#   $\ln p_{n,c} = z_{n,c} - \ln \sum_{c'} e^{z_{n,c'}}$ **without going through $p$** (and without adding $10^{-12}$,
#   which would change the result).

# %% task="softmax_cross_entropy"

# %% [markdown] lang="fr"
# ## 2. Couche entièrement connectée
#
# À l'aller, $x$ est aplati ligne par ligne en $d$ valeurs, et le neurone $u$ calcule
# $z_u = \sum_f x_f W[f, u] + b_u$. Les trois gradients se lisent sur cette formule :
#
# $$\frac{\partial L}{\partial x_f} = \sum_u W[f, u] \, \frac{\partial L}{\partial z_u} \qquad\qquad
# \frac{\partial L}{\partial W[f, u]} = x_f \, \frac{\partial L}{\partial z_u} \qquad\qquad
# \frac{\partial L}{\partial b_u} = \frac{\partial L}{\partial z_u}$$
#
# | tableau | forme | son gradient |
# |---|---|---|
# | `x` | quelconque, $d$ valeurs | `grad_x`, **de la même forme que `x`** |
# | `weights` | $(d, m)$ | `grad_weights`, $(d, m)$ |
# | `bias` | $(m,)$ | `grad_bias`, $(m,)$ |
#
# **Exemple :** $x = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$,
# $W = \begin{bmatrix} 1 & 0 \\ 0 & 1 \\ 2 & 0 \\ 0 & -1 \end{bmatrix}$ et `grad_output` $= [10, 1]$ donnent
#
# $$\frac{\partial L}{\partial x} = \begin{bmatrix} 10 & 1 \\ 20 & -1 \end{bmatrix} \qquad
# \frac{\partial L}{\partial W} = \begin{bmatrix} 10 & 1 \\ 20 & 2 \\ 30 & 3 \\ 40 & 4 \end{bmatrix} \qquad
# \frac{\partial L}{\partial b} = \begin{bmatrix} 10 & 1 \end{bmatrix}$$
#
# **À écrire :** `fully_connected_backward(grad_output, x, weights)`, qui renvoie
# `(grad_x, grad_weights, grad_bias)`. `grad_output` a la forme $(m,)$, `weights` la forme $(d, m)$.
#
# **À surveiller :** la couche précédente attend un gradient de la forme de sa sortie. Si `x` est une image ou des
# cartes 3-D, `grad_x` l'est aussi : l'aplatissement se défait, dans le même ordre.

# %% [markdown] lang="en"
# ## 2. The fully-connected layer
#
# In the forward pass, $x$ is flattened row by row into $d$ values, and neuron $u$ computes
# $z_u = \sum_f x_f W[f, u] + b_u$. The three gradients can be read from this formula:
#
# $$\frac{\partial L}{\partial x_f} = \sum_u W[f, u] \, \frac{\partial L}{\partial z_u} \qquad\qquad
# \frac{\partial L}{\partial W[f, u]} = x_f \, \frac{\partial L}{\partial z_u} \qquad\qquad
# \frac{\partial L}{\partial b_u} = \frac{\partial L}{\partial z_u}$$
#
# | array | shape | its gradient |
# |---|---|---|
# | `x` | any, $d$ values | `grad_x`, **of the same shape as `x`** |
# | `weights` | $(d, m)$ | `grad_weights`, $(d, m)$ |
# | `bias` | $(m,)$ | `grad_bias`, $(m,)$ |
#
# **Example:** $x = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$,
# $W = \begin{bmatrix} 1 & 0 \\ 0 & 1 \\ 2 & 0 \\ 0 & -1 \end{bmatrix}$ and `grad_output` $= [10, 1]$ give
#
# $$\frac{\partial L}{\partial x} = \begin{bmatrix} 10 & 1 \\ 20 & -1 \end{bmatrix} \qquad
# \frac{\partial L}{\partial W} = \begin{bmatrix} 10 & 1 \\ 20 & 2 \\ 30 & 3 \\ 40 & 4 \end{bmatrix} \qquad
# \frac{\partial L}{\partial b} = \begin{bmatrix} 10 & 1 \end{bmatrix}$$
#
# **To write:** `fully_connected_backward(grad_output, x, weights)`, which returns
# `(grad_x, grad_weights, grad_bias)`. `grad_output` has the shape $(m,)$, `weights` the shape $(d, m)$.
#
# **Watch out:** the layer before expects a gradient of the shape of its output. If `x` is an image or 3-D maps, so is
# `grad_x`: the flattening is undone, in the same order.

# %% task="fully_connected_backward"

# %% [markdown] lang="fr"
# ## 3. Max pooling
#
# La sortie d'une fenêtre est la valeur de sa plus grande case. Changer un peu une autre case ne change rien : elle
# ne reçoit donc rien. Le gradient va **tout entier à la case maximale** (équation (13)) :
#
# ![Les quatre valeurs reçues arrivent aux quatre maximums, partout ailleurs il y a zéro](figures/routing.svg)
#
# Deux cas demandent de l'attention :
#
# - **Égalité.** Si plusieurs cases partagent le maximum, c'est la **première dans l'ordre des lignes** (de gauche à
#   droite, puis de haut en bas) qui reçoit tout, comme dans PyTorch. Ainsi, $\begin{bmatrix} 1 & 7 & 4 & 4 \\
#   7 & 3 & 4 & 4 \end{bmatrix}$ avec `grad_output` $= [[5, 6]]$ donne
#   $\begin{bmatrix} 0 & 5 & 6 & 0 \\ 0 & 0 & 0 & 0 \end{bmatrix}$. (La formule (13) du cours, lue telle quelle, donnerait le
#   gradient à chacune.)
# - **Fenêtres qui se chevauchent** (`stride` < `pool_size`). Une même case peut être le maximum de plusieurs
#   fenêtres : ce qu'elle en reçoit **s'additionne**.
#
# ![Le 9 du centre est le maximum des quatre fenêtres et reçoit 1 + 2 + 4 + 3 = 10](figures/overlap.svg)
#
# **À écrire :** `max_pooling_backward(grad_output, image, pool_size=2, stride=2)`, qui renvoie le gradient de `image`,
# de la forme de `image`. Quand `stride` n'est pas donné, il vaut **2**, quel que soit `pool_size`.
#
# **À surveiller :** les lignes et colonnes du bord qu'aucune fenêtre n'atteint reçoivent zéro, mais elles sont là.

# %% [markdown] lang="en"
# ## 3. Max pooling
#
# The output of a window is the value of its largest entry. Changing another entry a little changes nothing: so it
# receives nothing. The gradient goes **as a whole to the largest entry** (equation (13)):
#
# ![The four values received arrive at the four maxima, there is zero everywhere else](figures/routing.svg)
#
# Two cases need some care:
#
# - **Ties.** If several entries share the maximum, the **first one in row order** (from left to right, then from top
#   to bottom) receives everything, as in PyTorch. So $\begin{bmatrix} 1 & 7 & 4 & 4 \\ 7 & 3 & 4 & 4 \end{bmatrix}$
#   with `grad_output` $= [[5, 6]]$ gives $\begin{bmatrix} 0 & 5 & 6 & 0 \\ 0 & 0 & 0 & 0 \end{bmatrix}$. (The course's
#   formula (13), read as it stands, would give the gradient to each of them.)
# - **Overlapping windows** (`stride` < `pool_size`). One entry may be the maximum of several windows: what it
#   receives from them **adds up**.
#
# ![The 9 in the middle is the maximum of all four windows and receives 1 + 2 + 4 + 3 = 10](figures/overlap.svg)
#
# **To write:** `max_pooling_backward(grad_output, image, pool_size=2, stride=2)`, which returns the gradient of `image`,
# of the shape of `image`. When `stride` is not given, it is **2**, whatever `pool_size` is.
#
# **Watch out:** rows and columns at the border that no window reaches receive zero, but they are there.

# %% task="max_pooling_backward"

# %% [markdown] lang="fr"
# ## 4. ReLU
#
# $\text{ReLU}(x) = \max(0, x)$ a pour dérivée 1 là où $x > 0$ et 0 là où $x < 0$ : le gradient passe, ou ne passe pas.
#
# $$\frac{\partial L}{\partial x} = \begin{cases} \dfrac{\partial L}{\partial y} & \text{si } x > 0 \\[2mm] 0 & \text{si } x < 0 \end{cases}$$
#
# En $x = 0$ exactement, ReLU n'a pas de dérivée. PyTorch et TensorFlow y prennent 0 ; les tests n'y posent aucune
# question.
#
# **Exemple :** $x = \begin{bmatrix} -2 & 0{,}5 \\ 3 & -1 \end{bmatrix}$ et `grad_output`
# $= \begin{bmatrix} 4 & -5 \\ 6 & 7 \end{bmatrix}$ donnent $\begin{bmatrix} 0 & -5 \\ 6 & 0 \end{bmatrix}$.
#
# **À écrire :** `relu_backward(grad_output, x)`, pour toute forme. `x` est l'**entrée** de ReLU.
#
# **À surveiller :** un gradient négatif passe aussi bien qu'un positif. C'est le signe de `x` qui décide.

# %% [markdown] lang="en"
# ## 4. ReLU
#
# $\text{ReLU}(x) = \max(0, x)$ has the derivative 1 where $x > 0$ and 0 where $x < 0$: the gradient passes, or it does
# not.
#
# $$\frac{\partial L}{\partial x} = \begin{cases} \dfrac{\partial L}{\partial y} & \text{if } x > 0 \\[2mm] 0 & \text{if } x < 0 \end{cases}$$
#
# At exactly $x = 0$, ReLU has no derivative. PyTorch and TensorFlow take 0 there; the tests ask nothing about it.
#
# **Example:** $x = \begin{bmatrix} -2 & 0.5 \\ 3 & -1 \end{bmatrix}$ and `grad_output`
# $= \begin{bmatrix} 4 & -5 \\ 6 & 7 \end{bmatrix}$ give $\begin{bmatrix} 0 & -5 \\ 6 & 0 \end{bmatrix}$.
#
# **To write:** `relu_backward(grad_output, x)`, for any shape. `x` is the **input** of ReLU.
#
# **Watch out:** a negative gradient passes as well as a positive one. It is the sign of `x` that decides.

# %% task="relu_backward"

# %% [markdown] lang="fr"
# ## 5. Convolution
#
# À l'aller, avec un stride $s$ et l'image $I$ déjà entourée de ses zéros :
#
# $$O[i, j] = \sum_{m, n} I[i \cdot s + m,\ j \cdot s + n] \; K[m, n]$$
#
# Prends une seule sortie $O[i, j]$. Elle dépend d'une fenêtre de l'image et de tout le noyau. Au retour, elle rend donc
# son gradient $g = \frac{\partial L}{\partial O[i, j]}$ à ces deux-là :
#
# - la **fenêtre de l'image** reçoit $g \cdot K$ ;
# - le **noyau** reçoit $g$ fois cette fenêtre de l'image.
#
# Chaque sortie fait de même, et tout **s'additionne** : les fenêtres se chevauchent, et le noyau sert partout.
#
# ![Chaque gradient multiplie le noyau, posé sur sa fenêtre ; la somme est le gradient de l'image](figures/scatter.svg)
#
# **Exemple**, sans padding et avec un stride de 1 ; le dessin montre le gradient de l'image :
#
# $$I = \begin{bmatrix} 1 & 2 & 0 \\ 3 & 1 & 2 \\ 0 & 1 & 4 \end{bmatrix} \quad
# K = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} \quad
# \frac{\partial L}{\partial O} = \begin{bmatrix} 1 & 2 \\ 0 & -1 \end{bmatrix}$$
#
# $$\frac{\partial L}{\partial I} = 1 \cdot \begin{bmatrix} 1 & 2 & \cdot \\ 3 & 4 & \cdot \\ \cdot & \cdot & \cdot \end{bmatrix}
# + 2 \cdot \begin{bmatrix} \cdot & 1 & 2 \\ \cdot & 3 & 4 \\ \cdot & \cdot & \cdot \end{bmatrix}
# - 1 \cdot \begin{bmatrix} \cdot & \cdot & \cdot \\ \cdot & 1 & 2 \\ \cdot & 3 & 4 \end{bmatrix}
# = \begin{bmatrix} 1 & 4 & 4 \\ 3 & 9 & 6 \\ 0 & -3 & -4 \end{bmatrix}$$
#
# $$\frac{\partial L}{\partial K} = 1 \cdot \begin{bmatrix} 1 & 2 \\ 3 & 1 \end{bmatrix}
# + 2 \cdot \begin{bmatrix} 2 & 0 \\ 1 & 2 \end{bmatrix} - 1 \cdot \begin{bmatrix} 1 & 2 \\ 1 & 4 \end{bmatrix}
# = \begin{bmatrix} 4 & 0 \\ 4 & 1 \end{bmatrix}$$
#
# Le cours écrit la même chose avec des convolutions : $\frac{\partial L}{\partial O}$, entouré d'assez de zéros, par le
# noyau **tourné de 180°** pour l'image (équation (11)) ; l'image par $\frac{\partial L}{\partial O}$, sans rien
# tourner, pour le noyau (équation (12)). Ces deux équations valent telles quelles pour un stride de 1. Avec un stride
# $s$, il faut d'abord écarter les valeurs de $\frac{\partial L}{\partial O}$ en insérant $s - 1$ zéros entre elles :
#
# ![Un gradient 2×2, écarté par des zéros pour un stride de 2](figures/dilation.svg)
#
# **À écrire :** `conv2d_backward(grad_output, image, kernel, padding=0, stride=1)`, qui renvoie
# `(grad_image, grad_kernel)`, de la forme de `image` et de celle de `kernel`. L'image et le noyau peuvent être
# rectangulaires. Dans les tests, `padding` est plus petit que les côtés du noyau, et `grad_output` a toujours la forme
# de la sortie de la convolution.
#
# **À surveiller :**
#
# - **Padding :** les zéros ajoutés reçoivent eux aussi un gradient, dont personne ne veut. Retire-le de chaque côté
#   pour retrouver la forme de `image`. Le noyau, lui, a bien lu ces zéros.
# - **Stride :** si le noyau ne va pas jusqu'au bord, les dernières lignes et colonnes de `grad_image` sont nulles.

# %% [markdown] lang="en"
# ## 5. Convolution
#
# In the forward pass, with a stride $s$ and the image $I$ already surrounded by its zeros:
#
# $$O[i, j] = \sum_{m, n} I[i \cdot s + m,\ j \cdot s + n] \; K[m, n]$$
#
# Take a single output $O[i, j]$. It depends on one window of the image and on the whole kernel. On the way back, it
# therefore hands its gradient $g = \frac{\partial L}{\partial O[i, j]}$ to these two:
#
# - the **window of the image** receives $g \cdot K$;
# - the **kernel** receives $g$ times this window of the image.
#
# Each output does the same, and everything **adds up**: the windows overlap, and the kernel is used everywhere.
#
# ![Each gradient multiplies the kernel, laid on its window; the sum is the gradient of the image](figures/scatter.svg)
#
# **Example**, without padding and with a stride of 1; the drawing shows the gradient of the image:
#
# $$I = \begin{bmatrix} 1 & 2 & 0 \\ 3 & 1 & 2 \\ 0 & 1 & 4 \end{bmatrix} \quad
# K = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} \quad
# \frac{\partial L}{\partial O} = \begin{bmatrix} 1 & 2 \\ 0 & -1 \end{bmatrix}$$
#
# $$\frac{\partial L}{\partial I} = 1 \cdot \begin{bmatrix} 1 & 2 & \cdot \\ 3 & 4 & \cdot \\ \cdot & \cdot & \cdot \end{bmatrix}
# + 2 \cdot \begin{bmatrix} \cdot & 1 & 2 \\ \cdot & 3 & 4 \\ \cdot & \cdot & \cdot \end{bmatrix}
# - 1 \cdot \begin{bmatrix} \cdot & \cdot & \cdot \\ \cdot & 1 & 2 \\ \cdot & 3 & 4 \end{bmatrix}
# = \begin{bmatrix} 1 & 4 & 4 \\ 3 & 9 & 6 \\ 0 & -3 & -4 \end{bmatrix}$$
#
# $$\frac{\partial L}{\partial K} = 1 \cdot \begin{bmatrix} 1 & 2 \\ 3 & 1 \end{bmatrix}
# + 2 \cdot \begin{bmatrix} 2 & 0 \\ 1 & 2 \end{bmatrix} - 1 \cdot \begin{bmatrix} 1 & 2 \\ 1 & 4 \end{bmatrix}
# = \begin{bmatrix} 4 & 0 \\ 4 & 1 \end{bmatrix}$$
#
# The course writes the same thing with convolutions: $\frac{\partial L}{\partial O}$, surrounded by enough zeros, with
# the kernel **rotated by 180°** for the image (equation (11)); the image with $\frac{\partial L}{\partial O}$, nothing
# rotated, for the kernel (equation (12)). These two equations hold as they stand for a stride of 1. With a stride $s$,
# first move the values of $\frac{\partial L}{\partial O}$ apart by inserting $s - 1$ zeros between them:
#
# ![A 2×2 gradient, moved apart by zeros for a stride of 2](figures/dilation.svg)
#
# **To write:** `conv2d_backward(grad_output, image, kernel, padding=0, stride=1)`, which returns
# `(grad_image, grad_kernel)`, of the shape of `image` and of that of `kernel`. The image and the kernel may be
# rectangular. In the tests `padding` is smaller than the sides of the kernel, and `grad_output` always has the shape of
# the convolution's output.
#
# **Watch out:**
#
# - **Padding:** the added zeros receive a gradient as well, which nobody wants. Take it off on every side to get back
#   to the shape of `image`. The kernel, however, did read these zeros.
# - **Stride:** if the kernel does not reach the border, the last rows and columns of `grad_image` are zero.

# %% task="conv2d_backward"

# %% [markdown] lang="fr"
# Tes cinq fonctions suffisent pour entraîner un réseau. Celui-ci distingue des traits verticaux de traits horizontaux :
# convolution 3×3, ReLU, max pooling, couche à deux neurones. À chaque pas, le noyau et les poids descendent un peu le
# long de leur gradient. La perte part de $\ln 2 \approx 0{,}69$, celle du hasard, et tombe ; à droite, le noyau appris.

# %% [markdown] lang="en"
# Your five functions are all it takes to train a network. This one tells vertical lines from horizontal ones: a 3×3
# convolution, ReLU, max pooling, a layer of two neurons. At each step, the kernel and the weights go down a little along
# their gradient. The loss starts at $\ln 2 \approx 0.69$, that of chance, and falls; on the right, the kernel learnt.

# %% tags=["figure"]
import matplotlib.pyplot as plt
from numpy.lib.stride_tricks import sliding_window_view

numbers = np.random.default_rng(0)
pictures = numbers.normal(scale=0.2, size=(16, 8, 8))
for number, picture in enumerate(pictures):
    picture[:, number % 8] += 1.0
    if number % 2:
        pictures[number] = picture.T.copy()
kernel, weights = numbers.normal(scale=0.3, size=(3, 3)), np.zeros((9, 2))
losses = []
for step in range(40):
    loss, kernel_step, weights_step = 0.0, np.zeros((3, 3)), np.zeros((9, 2))
    for number, picture in enumerate(pictures):
        maps = np.einsum("ijmn,mn->ij", sliding_window_view(picture, (3, 3)), kernel)
        positive = np.maximum(maps, 0)
        pooled = positive.reshape(3, 2, 3, 2).max(axis=(1, 3))
        value, back = softmax_cross_entropy(pooled.reshape(1, 9) @ weights, np.array([number % 2]))
        back, change, _ = fully_connected_backward(back[0], pooled, weights)
        back = relu_backward(max_pooling_backward(back, positive), maps)
        loss += value / 16
        weights_step += change / 16
        kernel_step += conv2d_backward(back, picture, kernel)[1] / 16
    losses.append(loss)
    kernel, weights = kernel - 1.5 * kernel_step, weights - 1.5 * weights_step
figure, axes = plt.subplots(1, 2, figsize=(8, 3))
axes[0].plot(losses)
axes[0].set_ylim(bottom=0)
axes[1].imshow(kernel, cmap="gray")
plt.show()

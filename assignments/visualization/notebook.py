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
# # Ce que voit un réseau : filtres, cartes et Grad-CAM
#
# Un réseau répond « chat » : sur quoi s'appuie-t-il ? Tu écris ici trois façons de regarder dedans : les **filtres**
# qu'il a appris, les **cartes** qu'une couche donne pour une image, et **Grad-CAM**, qui montre les régions de
# l'image qui parlent pour une classe.
#
# **Les règles, valables partout :**
#
# - Une image est un tableau NumPy `float32` de forme `(3, hauteur, largeur)`, pas toujours carré. Le modèle est un
#   `nn.Module` de PyTorch, sur le CPU ; il prend un lot, de forme `(N, 3, hauteur, largeur)`, et renvoie un **score** (logit)
#   par classe, de forme `(N, classes)`.
# - Chaque fonction **renvoie** un tableau NumPy (`return`, et non `print` ni `plt.show`), pas un tenseur.
# - Le modèle peut être de **n'importe quelle architecture** : ses couches n'ont pas toujours les noms de ton réseau. Il peut
#   arriver en mode entraînement ou en mode évaluation ; le calcul se fait toujours en mode **évaluation**.
# - Une fonction laisse tout **comme elle l'a trouvé** : l'image, les poids, le mode du modèle, et ni hook ni
#   gradient en plus.
# - Hooks, `torch.autograd.grad`, `backward`, `torchvision` : tous les styles sont permis, et tu peux ajouter des
#   cellules et des fonctions à toi. Garde seulement les noms et les paramètres de l'énoncé.
#
# Après chaque exercice, une cellule vérifie les exemples de l'énoncé. La note vient de ces exemples et d'autres
# tests, sur des réseaux que tu ne vois pas : essaie aussi les tiens.
#
# Les tests tournent une fois que **toutes** les cellules ont été exécutées : si une cellule plus bas reprend le
# nom d'une de tes fonctions, ou un nom dont elle se sert, cette fonction ne marche plus. En dehors de NumPy, SciPy,
# Matplotlib, PyTorch et torchvision, une bibliothèque peut manquer dans le correcteur.

# %% [markdown] lang="en"
# # What a network sees: filters, feature maps and Grad-CAM
#
# A network answers “cat”: what does it base this on? Here you write three ways to look inside: the **filters** that it
# has learnt, the **maps** that a layer gives for an image, and **Grad-CAM**, which shows the regions of the image
# that speak for a class.
#
# **The rules, valid everywhere:**
#
# - An image is a `float32` NumPy array of shape `(3, height, width)`, not always square. The model is a PyTorch
#   `nn.Module` on the CPU; it takes a batch of shape `(N, 3, height, width)` and returns one **score** (logit) per class,
#   in the shape `(N, classes)`.
# - Each function **returns** a NumPy array (`return`, neither `print` nor `plt.show`), not a tensor.
# - The model may have **any architecture**: its layers do not always have the names of your network's. It may
#   come in training mode or in evaluation mode; the computation always takes place in **evaluation** mode.
# - A function leaves everything **as it found it**: the image, the weights, the model's mode, and no hook or
#   gradient more than before.
# - Hooks, `torch.autograd.grad`, `backward`, `torchvision`: every style is allowed, and you may add cells and functions
#   of your own. Just keep the names and parameters of the exercises.
#
# After each exercise, a cell checks the examples of the text. The grade comes from these examples and from
# other tests, on networks you don't see: try your own as well.
#
# The tests run after **all** cells have run: if a later cell reuses the name of one of your functions, or a
# name that the function uses, that function breaks. Apart from NumPy, SciPy, Matplotlib, PyTorch and torchvision, a
# library may be missing in the grader.

# %%
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

# %% [markdown] lang="fr"
# ## Le réseau des exemples
#
# Il est assez petit pour tout calculer à la main : une convolution 1×1, `conv`, avec deux filtres ; une ReLU, `relu` ; la
# moyenne de chaque carte ; un score par classe. L'image a $2 \times 3$ pixels et trois canaux :
#
# $$R = \begin{bmatrix} 4 & 0 & 1 \\ 2 & 0 & 0 \end{bmatrix} \quad
# G = \begin{bmatrix} 0 & 2 & 0 \\ 0 & 1 & 3 \end{bmatrix} \quad
# B = \begin{bmatrix} 1 & 6 & 4 \\ 3 & 4 & 0 \end{bmatrix}$$
#
# Le premier filtre calcule $R - G$, le second $B - 2$. Le score de la classe 0 est $4\,m_0 - 3\,m_1$ et celui de la classe 1
# est $3\,m_1$, où $m_0$ et $m_1$ sont les moyennes des deux cartes après ReLU.

# %% [markdown] lang="en"
# ## The network of the examples
#
# It is small enough to compute everything by hand: a 1×1 convolution, `conv`, with two filters; a ReLU, `relu`; the mean of
# each map; one score per class. The image has $2 \times 3$ pixels and three channels:
#
# $$R = \begin{bmatrix} 4 & 0 & 1 \\ 2 & 0 & 0 \end{bmatrix} \quad
# G = \begin{bmatrix} 0 & 2 & 0 \\ 0 & 1 & 3 \end{bmatrix} \quad
# B = \begin{bmatrix} 1 & 6 & 4 \\ 3 & 4 & 0 \end{bmatrix}$$
#
# The first filter computes $R - G$, the second $B - 2$. The score of class 0 is $4\,m_0 - 3\,m_1$ and that of class 1 is
# $3\,m_1$, where $m_0$ and $m_1$ are the means of the two maps after the ReLU.

# %% [markdown] lang="fr"
# ## 1. Les filtres de la première convolution
#
# La première convolution travaille sur les pixels : ses filtres se regardent comme de petites images, où l'on reconnaît
# des bords et des couleurs. Leurs poids $w$ sont positifs et négatifs ; pour les afficher, on les ramène dans $[0, 1]$ :
#
# $$v = \frac{w - \min w}{\max w - \min w}$$
#
# Le minimum et le maximum se prennent **sur tous les poids de la couche ensemble**. Filtre par filtre, un filtre presque
# nul aurait l'air aussi contrasté qu'un filtre fort :
#
# ![Un filtre fort et un filtre faible : ensemble, le second reste gris ; chacun à part, ils se ressemblent](figures/filters.svg)
#
# **Exemple :** dans le réseau ci-dessus, les poids vont de −1 à 1. Le premier filtre, $(1, -1, 0)$, devient
# $(1 ;\ 0 ;\ 0{,}5)$ et le second, $(0, 0, 1)$, devient $(0{,}5 ;\ 0{,}5 ;\ 1)$.
#
# **À écrire :** `conv1_filters(model)`, de la forme $(\text{out}, \text{in}, k, k)$ de PyTorch, **tous** les canaux compris.
# La première convolution est la première couche `nn.Conv2d` dans l'ordre de `model.modules()`.
#
# **À surveiller :**
#
# - Elle ne s'appelle pas toujours `conv1`, peut se trouver à l'intérieur d'un bloc, et une normalisation peut la
#   précéder.
# - Si tous les poids sont égaux, la formule donne $0/0$ : renvoie alors des **zéros**.
# - `model.conv1.weight.data.numpy()` n'est pas une copie : y écrire (`w -= w.min()`) change le réseau.

# %% [markdown] lang="en"
# ## 1. The filters of the first convolution
#
# The first convolution works on pixels: its filters can be looked at as small pictures, in which one recognises edges
# and colours. Their weights $w$ are positive and negative; to show them, they are scaled to $[0, 1]$:
#
# $$v = \frac{w - \min w}{\max w - \min w}$$
#
# The minimum and the maximum are taken **over all weights of the layer together**. Filter by filter, one that is almost
# zero would seem to have as much contrast as a strong one:
#
# ![A strong and a weak filter: together, the second stays grey; each on its own, they look alike](figures/filters.svg)
#
# **Example:** in the network above, the weights go from −1 to 1. The first filter, $(1, -1, 0)$, becomes $(1, 0, 0.5)$
# and the second, $(0, 0, 1)$, becomes $(0.5, 0.5, 1)$.
#
# **To write:** `conv1_filters(model)`, in PyTorch's shape $(\text{out}, \text{in}, k, k)$, with **all** channels. The first
# convolution is the first `nn.Conv2d` layer in the order of `model.modules()`.
#
# **Watch out:**
#
# - It is not always called `conv1`, it may be inside a block, and a normalisation may come before it.
# - If all weights are equal, the formula gives $0/0$: return **zeros** then.
# - `model.conv1.weight.data.numpy()` is no copy: writing to it (`w -= w.min()`) changes the network.

# %% task="conv1_filters"

# %% [markdown] lang="fr"
# ## 2. Les cartes d'une couche
#
# Pour une image donnée, chaque filtre d'une couche produit une **carte** (*feature map*) : grande là où son motif se
# trouve. Le modèle ne renvoie que les scores ; pour lire une couche en chemin, PyTorch offre les **hooks** :
#
# ![L'image traverse les couches ; un hook copie la sortie de l'une d'elles](figures/hook.svg)
#
# `layer.register_forward_hook(f)` fait appeler `f(module, entrées, sortie)` après chaque passage par `layer`, et renvoie un
# objet dont la méthode `remove()` retire le hook. `model.named_modules()` donne toutes les couches avec leurs noms : un nom
# comme `"features.3"` désigne la couche 3 du bloc `features`, et `model.get_submodule("features.3")` la retrouve.
#
# **Exemple :** pour le réseau et l'image ci-dessus, la couche `"conv"` donne
#
# $$\begin{bmatrix} 4 & -2 & 1 \\ 2 & -1 & -3 \end{bmatrix} \quad \text{et} \quad
# \begin{bmatrix} -1 & 4 & 2 \\ 1 & 2 & -2 \end{bmatrix}$$
#
# et la couche `"relu"` les mêmes cartes, où 0 remplace les valeurs négatives.
#
# **À écrire :** `feature_maps(model, image, layer_name)`, de forme $(C, h, w)$ : les valeurs telles que la couche les
# donne, sans l'axe du lot. La couche peut être une convolution, une autre couche ou un bloc entier.
#
# **À surveiller :**
#
# - **Le mode.** En entraînement, une BatchNorm calcule avec les statistiques de l'image elle-même (et met à jour les siennes), et un
#   dropout efface des valeurs au hasard. Passe en mode évaluation, puis remets le mode que tu as trouvé.
# - **Le hook.** Celui qu'on oublie est appelé à chaque passage suivant, et garde des cartes en mémoire : retire-le.
# - **`inplace=True`.** Une telle ReLU écrit son résultat **par-dessus** la sortie de la couche d'avant. Si le hook garde
#   seulement la référence, tu obtiens les cartes d'après la ReLU : il faut une copie (`clone()`), faite dans le hook.

# %% [markdown] lang="en"
# ## 2. The feature maps of a layer
#
# For a given image, each filter of a layer produces a **map** (*feature map*): large where its pattern is found. The
# model returns nothing but the scores; to read a layer on the way, PyTorch has **hooks**:
#
# ![The image goes through the layers; a hook copies the output of one of them](figures/hook.svg)
#
# `layer.register_forward_hook(f)` has `f(module, inputs, output)` called after each pass through `layer`, and returns an object
# whose method `remove()` takes the hook away. `model.named_modules()` gives all layers with their names: a name like
# `"features.3"` means layer 3 of the block `features`, and `model.get_submodule("features.3")` finds it.
#
# **Example:** for the network and the image above, the layer `"conv"` gives
#
# $$\begin{bmatrix} 4 & -2 & 1 \\ 2 & -1 & -3 \end{bmatrix} \quad \text{and} \quad
# \begin{bmatrix} -1 & 4 & 2 \\ 1 & 2 & -2 \end{bmatrix}$$
#
# and the layer `"relu"` the same maps with 0 in place of the negative values.
#
# **To write:** `feature_maps(model, image, layer_name)`, of shape $(C, h, w)$: the values as the layer gives them, without
# the batch axis. The layer may be a convolution, another layer or a whole block.
#
# **Watch out:**
#
# - **The mode.** In training, a BatchNorm computes with the statistics of the image itself (and updates its own), and a dropout
#   erases values at random. Go into evaluation mode, then put back the mode that you found.
# - **The hook.** One that is forgotten is called in each later pass, and keeps maps in memory: remove it.
# - **`inplace=True`.** Such a ReLU writes its result **over** the output of the layer before it. If the hook keeps the
#   reference only, you get the maps after the ReLU: a copy is needed (`clone()`), made in the hook.

# %% task="feature_maps"

# %% [markdown] lang="fr"
# Un réseau fait main : le filtre 0 de `conv` réagit aux bords verticaux, le filtre 1 aux bords horizontaux. Voici l'image, puis
# les deux cartes que donne ta fonction.

# %% [markdown] lang="en"
# A hand-made network: filter 0 of `conv` responds to vertical edges, filter 1 to horizontal ones. Here are the image and
# the two maps that your function gives.

# %% tags=["figure"]
import matplotlib.pyplot as plt

picture = np.zeros((3, 48, 64), dtype=np.float32)
picture[:, 6:42, 10:16] = 1
picture[:, 20:26, 28:58] = 1
edges = nn.Sequential()
edges.add_module("conv", nn.Conv2d(3, 2, 3, padding=1, bias=False))
edges.add_module("relu", nn.ReLU())
edges.add_module("pool", nn.AvgPool2d(4))
edges.add_module("mix", nn.Conv2d(2, 2, 1, bias=False))
edges.add_module("mean", nn.AdaptiveAvgPool2d(1))
edges.add_module("flatten", nn.Flatten())
sobel = torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
edges.conv.weight.data[:] = torch.stack([sobel, sobel.T])[:, None] / 3
edges.mix.weight.data[:, :, 0, 0] = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
figure, axes = plt.subplots(1, 3, figsize=(10, 3))
axes[0].imshow(picture[0], cmap="gray")
for number, map_ in enumerate(feature_maps(edges, picture, "conv")):
    axes[number + 1].imshow(map_, cmap="viridis")
    axes[number + 1].set_title(f"conv, {number}")
plt.show()

# %% [markdown] lang="fr"
# ## 3. Grad-CAM
#
# Les cartes d'une couche profonde disent *quels* motifs sont là, et *où*. Reste à savoir lesquels comptent pour **une**
# classe $c$. La réponse de Selvaraju et al. (*Grad-CAM*, ICCV 2017) : demander au gradient. Soient $A^k$ les cartes de la
# couche, de taille $h \times w$, et $y^c$ le score de la classe, **avant** softmax.
#
# 1. **Un poids par carte**, la moyenne de son gradient (équation 1 de l'article) :
#
# $$\alpha_k^c = \frac{1}{h \, w} \sum_{i=1}^{h} \sum_{j=1}^{w} \frac{\partial y^c}{\partial A_{ij}^k}$$
#
# 2. **Une somme pondérée, puis ReLU** (équation 2) : ce qui reste parle *pour* la classe ; ce qui parle contre elle devient 0.
#
# $$L^c = \text{ReLU}\left( \sum_k \alpha_k^c \, A^k \right)$$
#
# 3. **La taille de l'image** : $L^c$ est agrandie de $h \times w$ à $H \times W$ par interpolation bilinéaire.
# 4. **$[0, 1]$** : on divise par le maximum. Si tout vaut 0, rien ne parle pour la classe, et on renvoie des **zéros**.
#
# ![Deux cartes, leurs poids, la somme pondérée, puis ReLU et la division par le maximum](figures/grad_cam.svg)
#
# **Exemple**, la figure : la couche `"conv"` de notre réseau, pour la classe 0. Le score est $4\,m_0 - 3\,m_1$, et chaque moyenne porte
# sur 6 cases. Le gradient vaut donc $\frac46$ dans les 3 cases où la première carte est positive, et $-\frac36$ dans les 4 cases où la
# seconde l'est ; ailleurs, la ReLU l'arrête et il vaut 0. D'où $\alpha_0 = \frac{3}{6} \cdot \frac{4}{6} = \frac13$ et
# $\alpha_1 = -\frac{4}{6} \cdot \frac{3}{6} = -\frac13$, puis
#
# $$\sum_k \alpha_k A^k = \frac13 \begin{bmatrix} 5 & -6 & -1 \\ 1 & -3 & -1 \end{bmatrix}
# \xrightarrow{\text{ReLU}} \frac13 \begin{bmatrix} 5 & 0 & 0 \\ 1 & 0 & 0 \end{bmatrix}
# \xrightarrow{/\max} \begin{bmatrix} 1 & 0 & 0 \\ 0{,}2 & 0 & 0 \end{bmatrix}$$
#
# Pour la classe 1, seule la seconde carte compte : $\begin{bmatrix} 0 & 1 & 0{,}5 \\ 0{,}25 & 0{,}5 & 0 \end{bmatrix}$.
#
# ### Le gradient de l'image, c'est autre chose
#
# Le programme 9 du cours s'appelle « Grad-CAM », mais il dérive par rapport à l'**image** (`image.grad`) et pondère les trois canaux de
# couleur :
#
# ![En bleu, le gradient s'arrête aux cartes ; en rouge, il descend jusqu'à l'image](figures/two_gradients.svg)
#
# Le gradient de l'image (flèche rouge) répond à une autre question : quels *pixels* changer un peu pour changer le score ? C'est une
# carte de **saillance**, bruitée, pixel par pixel. Et la moyenne d'un gradient sur les canaux R, G, B ne dit rien des
# motifs que le réseau a trouvés : elle ne fait que recolorier l'image. Grad-CAM s'arrête aux **cartes** (flèche bleue) : peu de cases,
# mais chacune porte du sens. `layer_name` est là pour cela.
#
# **À écrire :** `grad_cam(model, image, target_class, layer_name)`, de forme $(H, W)$, dans $[0, 1]$.
#
# Pour les étapes 3 et 4, `F.interpolate(…, mode="bilinear", align_corners=False)` est ce qui est demandé. Les tests acceptent aussi les
# variantes courantes : `align_corners=True`, ReLU ou normalisation avant ou après l'agrandissement,
# $(L - \min L) / (\max L - \min L)$ au lieu de $L / \max L$. Multiplier tous les $\alpha_k$ par un même nombre positif (somme au lieu de
# moyenne) ne change rien non plus.
#
# **À surveiller :**
#
# - La classe demandée n'est pas toujours la plus probable, ni la couche la dernière convolution.
# - Dérive le **score**, ni la probabilité ni une perte : leurs gradients mêlent toutes les classes.
# - `score.backward()` laisse un gradient dans **chaque poids** du modèle. `torch.autograd.grad(score, cartes)` ne calcule que celui qu'il
#   faut ; sinon, efface-les à la fin avec `model.zero_grad()`.
# - Le mode, les hooks et `inplace=True` : comme pour `feature_maps`. Un `register_full_backward_hook` refuse les couches que suit une
#   ReLU `inplace`. Un hook avant qui garde `output` et **renvoie** `output.clone()` règle tout : c'est la copie qui sera écrasée.

# %% [markdown] lang="en"
# ## 3. Grad-CAM
#
# The maps of a deep layer say *which* patterns are there, and *where*. What remains is to know which of them matter for
# **one** class $c$. The answer of Selvaraju et al. (*Grad-CAM*, ICCV 2017): ask the gradient. Let $A^k$ be the maps of the layer,
# of size $h \times w$, and $y^c$ the score of the class, **before** softmax.
#
# 1. **One weight per map**, the mean of its gradient (equation 1 of the paper):
#
# $$\alpha_k^c = \frac{1}{h \, w} \sum_{i=1}^{h} \sum_{j=1}^{w} \frac{\partial y^c}{\partial A_{ij}^k}$$
#
# 2. **A weighted sum, then ReLU** (equation 2): what is left speaks *for* the class; what speaks against it becomes 0.
#
# $$L^c = \text{ReLU}\left( \sum_k \alpha_k^c \, A^k \right)$$
#
# 3. **The image's size**: $L^c$ is enlarged from $h \times w$ to $H \times W$ by bilinear interpolation.
# 4. **$[0, 1]$**: it is divided by its maximum. If all of it is 0, nothing speaks for the class, and **zeros** are returned.
#
# ![Two maps, their weights, the weighted sum, then ReLU and the division by the maximum](figures/grad_cam.svg)
#
# **Example**, the figure: the layer `"conv"` of our network, for class 0. The score is $4\,m_0 - 3\,m_1$, and each mean is over 6
# positions. So the gradient is $\frac46$ at the 3 positions where the first map is positive, and $-\frac36$ at the 4 where the second
# one is; elsewhere the ReLU stops it and it is 0. Hence $\alpha_0 = \frac{3}{6} \cdot \frac{4}{6} = \frac13$ and
# $\alpha_1 = -\frac{4}{6} \cdot \frac{3}{6} = -\frac13$, and then
#
# $$\sum_k \alpha_k A^k = \frac13 \begin{bmatrix} 5 & -6 & -1 \\ 1 & -3 & -1 \end{bmatrix}
# \xrightarrow{\text{ReLU}} \frac13 \begin{bmatrix} 5 & 0 & 0 \\ 1 & 0 & 0 \end{bmatrix}
# \xrightarrow{/\max} \begin{bmatrix} 1 & 0 & 0 \\ 0.2 & 0 & 0 \end{bmatrix}$$
#
# For class 1, only the second map counts: $\begin{bmatrix} 0 & 1 & 0.5 \\ 0.25 & 0.5 & 0 \end{bmatrix}$.
#
# ### The gradient of the image is something else
#
# Listing 9 of the course is called “Grad-CAM”, but it differentiates with respect to the **image** (`image.grad`) and weights the three
# colour channels:
#
# ![In blue, the gradient stops at the maps; in red, it goes down to the image](figures/two_gradients.svg)
#
# The gradient of the image (red arrow) answers another question: which *pixels* to change a little in order to change the score? This is
# a **saliency** map, noisy, pixel by pixel. And the mean of a gradient over the channels R, G, B says nothing about the patterns that
# the network has found: it merely recolours the image. Grad-CAM stops at the **maps** (blue arrow): few positions, but each of them
# carries meaning. This is what `layer_name` is for.
#
# **To write:** `grad_cam(model, image, target_class, layer_name)`, of shape $(H, W)$, in $[0, 1]$.
#
# For steps 3 and 4, `F.interpolate(…, mode="bilinear", align_corners=False)` is what is asked. The tests accept the common variants,
# too: `align_corners=True`, ReLU or normalisation before or after the enlargement, $(L - \min L) / (\max L - \min L)$ instead of
# $L / \max L$. Multiplying all $\alpha_k$ by the same positive number (a sum instead of a mean) makes no difference either.
#
# **Watch out:**
#
# - The class that is asked for is not always the most probable one, nor the layer the last convolution.
# - Differentiate the **score**, neither the probability nor a loss: their gradients mix all classes.
# - `score.backward()` leaves a gradient in **every weight** of the model. `torch.autograd.grad(score, maps)` computes only the one that is
#   needed; otherwise, clear them at the end with `model.zero_grad()`.
# - The mode, the hooks and `inplace=True`: as in `feature_maps`. A `register_full_backward_hook` refuses layers that an `inplace` ReLU
#   follows. A forward hook that keeps `output` and **returns** `output.clone()` settles it all: it is the copy that gets overwritten.

# %% task="grad_cam"

# %% [markdown] lang="fr"
# Le réseau fait main de tout à l'heure : la classe 0 est « vertical », la classe 1 « horizontal ». Chacune éclaire le côté de sa barre
# que son filtre reconnaît, du noir au blanc, et le bout de l'autre barre, qui est lui aussi un petit bord.

# %% [markdown] lang="en"
# The hand-made network from above: class 0 is “vertical”, class 1 “horizontal”. Each of them lights up the side of its bar that its
# filter recognises, from black to white, and the end of the other bar, which is a little edge as well.

# %% tags=["figure"]
import matplotlib.pyplot as plt

figure, axes = plt.subplots(1, 3, figsize=(10, 3))
axes[0].imshow(picture[0], cmap="gray")
for target in (0, 1):
    axes[target + 1].imshow(picture[0], cmap="gray")
    heat = grad_cam(edges, picture, target, "pool")
    axes[target + 1].imshow(heat, cmap="jet", alpha=0.5, vmin=0, vmax=1)
    axes[target + 1].set_title(f"grad_cam, {target}")
plt.show()

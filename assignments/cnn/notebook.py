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
# # Réseaux convolutifs avec Keras et PyTorch
#
# Jusqu'ici, tu as écrit chaque opération à la main. Deux bibliothèques les fournissent toutes prêtes : **Keras** et
# **PyTorch**. Dans ce devoir, tu assembles leurs couches en quatre réseaux du cours, puis tu écris les deux boucles que
# PyTorch laisse à ta charge : l'**entraînement** et l'**évaluation**.
#
# **Les règles, valables partout :**
#
# - Chaque fonction `build_…` construit un réseau **neuf** à chaque appel et le **renvoie** (`return`, et non
#   `print`). Les poids de départ sont ceux que la bibliothèque tire au hasard.
# - Tous les styles sont permis : `Sequential`, API fonctionnelle de Keras, classe qui hérite de `nn.Module` avec
#   `F.relu` dans `forward`… Les noms de tes couches sont libres. Le correcteur donne des images à ton réseau et
#   compare ses sorties à celles du réseau demandé, **muni de tes poids**.
# - Tout se passe sur le **CPU**, et rien ne peut être téléchargé pendant la correction.
#
# Après chaque exercice, une cellule vérifie les exemples de l'énoncé. La note vient de ces exemples et d'autres tests,
# que tu ne vois pas.
#
# Les tests tournent une fois que **toutes** les cellules ont été exécutées, et chaque cellule n'a que quelques secondes :
# ne laisse pas un long entraînement dans le notebook que tu rends. Si une cellule plus bas reprend le nom d'une de tes
# fonctions, ou un nom dont elle se sert, cette fonction ne marche plus. En dehors de NumPy, SciPy, Matplotlib, PyTorch
# et Keras, une bibliothèque peut manquer dans le correcteur.

# %% [markdown] lang="en"
# # Convolutional networks with Keras and PyTorch
#
# So far you have written every operation by hand. Two libraries offer all of them ready-made: **Keras** and
# **PyTorch**. In this assignment you assemble their layers into four networks of the course, then you write the two
# loops that PyTorch leaves to you: **training** and **evaluation**.
#
# **The rules, valid everywhere:**
#
# - Each function `build_…` builds a **new** network at each call and **returns** it (`return`, not `print`). The initial
#   weights are those that the library draws at random.
# - Every style is allowed: `Sequential`, the functional API of Keras, a class derived from `nn.Module` with `F.relu` in
#   its `forward`… You may name your layers as you like. The grader feeds images to your network and compares its
#   outputs with those of the network asked for, **given your weights**.
# - Everything runs on the **CPU**, and nothing can be downloaded while your work is graded.
#
# After each exercise, a cell checks the examples of the text. The grade comes from these examples and from other tests,
# which you don't see.
#
# The tests run after **all** cells have run, and each cell has a few seconds only: leave no long training in the
# notebook that you hand in. If a later cell reuses the name of one of your functions, or a name that the function uses,
# that function breaks. Apart from NumPy, SciPy, Matplotlib, PyTorch and Keras, a library may be missing in the grader.

# %%
from collections.abc import Iterable

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

# %% [markdown] lang="fr"
# ## Deux bibliothèques, deux conventions
#
# | | Keras | PyTorch |
# |---|---|---|
# | lot de $N$ images | $(N, H, W, C)$, canaux en dernier | $(N, C, H, W)$, canaux en premier |
# | noyaux | $(k, k, C_{in}, C_{out})$ | $(C_{out}, C_{in}, k, k)$ |
# | une convolution 3×3, 1 → 16 canaux | `Conv2D(16, 3)` | `Conv2d(1, 16, 3)` |
# | padding, si tu ne dis rien | aucun (`"valid"`) | aucun (`padding=0`) |
# | activation | un argument ou une couche | une couche ou une fonction |
# | le réseau finit par | **softmax** : des probabilités | **rien** : des logits |
#
# La dernière ligne mérite une explication. La feuille n° 3 met `softmax` dans la dernière couche Keras : le réseau
# renvoie des **probabilités**. Les réseaux PyTorch du chapitre 07 s'arrêtent à la couche linéaire : ils renvoient des
# **logits**, parce que `nn.CrossEntropyLoss` applique softmax elle-même (et le fait mieux, sans débordement). Ajouter softmax
# avant cette fonction de coût n'arrête pas le programme : le réseau apprend seulement bien plus mal. Avec 10 classes,
# même une prédiction parfaite garderait un coût de $\ln(e + 9) - 1 \approx 1{,}46$.

# %% [markdown] lang="en"
# ## Two libraries, two conventions
#
# | | Keras | PyTorch |
# |---|---|---|
# | batch of $N$ images | $(N, H, W, C)$, channels last | $(N, C, H, W)$, channels first |
# | kernels | $(k, k, C_{in}, C_{out})$ | $(C_{out}, C_{in}, k, k)$ |
# | one 3×3 convolution, 1 → 16 channels | `Conv2D(16, 3)` | `Conv2d(1, 16, 3)` |
# | padding, if you say nothing | none (`"valid"`) | none (`padding=0`) |
# | activation | an argument or a layer | a layer or a function |
# | the network ends with | **softmax**: probabilities | **nothing**: logits |
#
# The last row needs an explanation. Sheet no. 3 puts `softmax` into the last Keras layer: the network returns
# **probabilities**. The PyTorch networks of chapter 07 stop at the linear layer: they return **logits**, because
# `nn.CrossEntropyLoss` applies softmax itself (and does it better, without overflow). A softmax in front of this loss
# stops no program: the network just learns far worse. With 10 classes, even a perfect prediction would keep a loss of
# $\ln(e + 9) - 1 \approx 1.46$.

# %% [markdown] lang="fr"
# ## 1. Le réseau de la feuille n° 3, avec Keras
#
# ![De l'image 28×28×1 aux 10 probabilités, couche par couche](figures/keras_cnn.svg)
#
# | couche | sortie | paramètres |
# |---|---|---|
# | convolution, 16 filtres 3×3, ReLU | 26×26×16 | 160 |
# | max pooling 2×2 | 13×13×16 | 0 |
# | convolution, 32 filtres 3×3, ReLU | 11×11×32 | 4 640 |
# | max pooling 2×2 | 5×5×32 | 0 |
# | aplatissement | 800 | 0 |
# | dense, 64 neurones, ReLU | 64 | 51 264 |
# | dense, 32 neurones, ReLU | 32 | 2 080 |
# | dense, 10 neurones, softmax | 10 | 330 |
# | **total** | | **58 474** |
#
# La feuille écrit « 14×14 » et « 6×6 » dans ses commentaires ; sans padding, c'est bien **13×13** et **5×5**.
#
# **À écrire :** `build_keras_cnn()`, qui renvoie un modèle Keras pour des images 28×28×1. La forme de l'entrée doit lui être
# donnée (une couche `Input`, ou `input_shape=…` dans la première couche), pour que ses poids existent dès la
# construction. Inutile d'appeler `compile` ou `fit`, mais ce n'est pas interdit.
#
# Keras peut calculer avec TensorFlow ou avec PyTorch. La cellule ci-dessous choisit PyTorch, déjà installé ; le
# correcteur fait de même, et y comprend aussi `from tensorflow.keras import …`.

# %% [markdown] lang="en"
# ## 1. The network of sheet no. 3, with Keras
#
# ![From the 28×28×1 image to the 10 probabilities, layer by layer](figures/keras_cnn.svg)
#
# | layer | output | parameters |
# |---|---|---|
# | convolution, 16 filters 3×3, ReLU | 26×26×16 | 160 |
# | max pooling 2×2 | 13×13×16 | 0 |
# | convolution, 32 filters 3×3, ReLU | 11×11×32 | 4,640 |
# | max pooling 2×2 | 5×5×32 | 0 |
# | flattening | 800 | 0 |
# | dense, 64 neurons, ReLU | 64 | 51,264 |
# | dense, 32 neurons, ReLU | 32 | 2,080 |
# | dense, 10 neurons, softmax | 10 | 330 |
# | **total** | | **58,474** |
#
# The sheet's comments say “14×14” and “6×6”; without padding it is **13×13** and **5×5**.
#
# **To write:** `build_keras_cnn()`, which returns a Keras model for 28×28×1 images. It must be told the shape of its
# input (an `Input` layer, or `input_shape=…` in the first layer), so that its weights exist as soon as it is built.
# There is no need to call `compile` or `fit`, but you may.
#
# Keras can compute with TensorFlow or with PyTorch. The cell below chooses PyTorch, which is installed already; the
# grader does the same, and understands `from tensorflow.keras import …` there, too.

# %%
import os

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

# %% task="build_keras_cnn"

# %% [markdown] lang="fr"
# ## 2. Le réseau simple du chapitre 07, avec PyTorch
#
# ![De l'image 1×28×28 aux 10 logits, couche par couche](figures/torch_cnn.svg)
#
# C'est le premier listing du chapitre : deux convolutions 3×3 avec `padding=1`, qui gardent donc la taille, chacune suivie
# de ReLU et d'un max pooling 2×2, puis deux couches linéaires.
#
# $$28 \xrightarrow{\text{conv}} 28 \xrightarrow{\text{pool}} 14 \xrightarrow{\text{conv}} 14 \xrightarrow{\text{pool}} 7
# \qquad 64 \cdot 7 \cdot 7 = 3136 \rightarrow 128 \rightarrow 10$$
#
# | couche | paramètres |
# |---|---|
# | convolution 1 → 32, 3×3, p = 1, ReLU | 320 |
# | convolution 32 → 64, 3×3, p = 1, ReLU | 18 496 |
# | linéaire 3136 → 128, ReLU | 401 536 |
# | **dropout** 0,5 | 0 |
# | linéaire 128 → 10 | 1 290 |
# | **total** | **421 642** |
#
# **Dropout** met à zéro chaque valeur avec une probabilité de $\frac12$ et double les autres, mais **seulement pendant
# l'entraînement** (`model.train()`). Pendant l'évaluation (`model.eval()`), il ne fait rien. Avec `F.dropout`, c'est à
# toi de le dire : `training=self.training`.
#
# **À écrire :** `build_torch_cnn()`, qui renvoie un `nn.Module` : un lot $(N, 1, 28, 28)$ y devient des logits
# $(N, 10)$, sans softmax. Le lot peut compter une seule image.

# %% [markdown] lang="en"
# ## 2. The simple network of chapter 07, with PyTorch
#
# ![From the 1×28×28 image to the 10 logits, layer by layer](figures/torch_cnn.svg)
#
# This is the first listing of the chapter: two 3×3 convolutions with `padding=1`, which therefore keep the size, each
# followed by ReLU and a 2×2 max pooling, then two linear layers.
#
# $$28 \xrightarrow{\text{conv}} 28 \xrightarrow{\text{pool}} 14 \xrightarrow{\text{conv}} 14 \xrightarrow{\text{pool}} 7
# \qquad 64 \cdot 7 \cdot 7 = 3136 \rightarrow 128 \rightarrow 10$$
#
# | layer | parameters |
# |---|---|
# | convolution 1 → 32, 3×3, p = 1, ReLU | 320 |
# | convolution 32 → 64, 3×3, p = 1, ReLU | 18,496 |
# | linear 3136 → 128, ReLU | 401,536 |
# | **dropout** 0.5 | 0 |
# | linear 128 → 10 | 1,290 |
# | **total** | **421,642** |
#
# **Dropout** sets each value to zero with a probability of $\frac12$ and doubles the others, but **only during training**
# (`model.train()`). During evaluation (`model.eval()`) it does nothing. With `F.dropout` you have to say so yourself:
# `training=self.training`.
#
# **To write:** `build_torch_cnn()`, which returns an `nn.Module`: it turns a batch $(N, 1, 28, 28)$ into logits
# $(N, 10)$, without softmax. The batch may hold a single image.

# %% task="build_torch_cnn"

# %% [markdown] lang="fr"
# ## 3. LeNet-5
#
# Le réseau de Yann LeCun (1998) lisait des chiffres manuscrits, bien avant ReLU : ses activations sont des **tanh**, et
# son pooling est une **moyenne**.
#
# ![De l'image 1×32×32 aux 10 logits : C1, S2, C3, S4, C5, F6](figures/lenet5.svg)
#
# | couche | sortie | paramètres |
# |---|---|---|
# | C1 : convolution, 6 filtres 5×5, tanh | 6×28×28 | 156 |
# | S2 : average pooling 2×2 | 6×14×14 | 0 |
# | C3 : convolution, 16 filtres 5×5, tanh | 16×10×10 | 2 416 |
# | S4 : average pooling 2×2 | 16×5×5 | 0 |
# | C5 : convolution, 120 filtres 5×5, tanh | 120×1×1 | 48 120 |
# | F6 : linéaire 120 → 84, tanh | 84 | 10 164 |
# | sortie : linéaire 84 → 10 | 10 | 850 |
# | **total** | | **61 706** |
#
# C5 couvre toute son entrée 5×5 : une couche linéaire 400 → 120 fait exactement le même calcul, et elle est acceptée aussi.
#
# **À écrire :** `build_lenet5()`, pour des lots $(N, 1, 32, 32)$ ; sortie : des logits $(N, 10)$.
#
# **À surveiller :** tanh vient juste après la convolution, **avant** le pooling. Avec max pooling et ReLU, l'ordre ne change
# rien ; avec une moyenne et tanh, il change tout. La dernière couche n'a pas d'activation.

# %% [markdown] lang="en"
# ## 3. LeNet-5
#
# The network of Yann LeCun (1998) read handwritten digits, long before ReLU: its activations are **tanh**, and its pooling
# is an **average**.
#
# ![From the 1×32×32 image to the 10 logits: C1, S2, C3, S4, C5, F6](figures/lenet5.svg)
#
# | layer | output | parameters |
# |---|---|---|
# | C1: convolution, 6 filters 5×5, tanh | 6×28×28 | 156 |
# | S2: average pooling 2×2 | 6×14×14 | 0 |
# | C3: convolution, 16 filters 5×5, tanh | 16×10×10 | 2,416 |
# | S4: average pooling 2×2 | 16×5×5 | 0 |
# | C5: convolution, 120 filters 5×5, tanh | 120×1×1 | 48,120 |
# | F6: linear 120 → 84, tanh | 84 | 10,164 |
# | output: linear 84 → 10 | 10 | 850 |
# | **total** | | **61,706** |
#
# C5 covers the whole of its 5×5 input: a linear layer 400 → 120 computes exactly the same, and is accepted as well.
#
# **To write:** `build_lenet5()`, for batches $(N, 1, 32, 32)$; output: logits $(N, 10)$.
#
# **Watch out:** tanh comes right after the convolution, **before** the pooling. With max pooling and ReLU the order changes
# nothing; with an average and tanh it changes everything. The last layer has no activation.

# %% task="build_lenet5"

# %% [markdown] lang="fr"
# ## 4. Un petit VGG
#
# VGG (2014) n'emploie que des convolutions 3×3 avec `padding=1`, empilées en blocs : deux ou trois convolutions, chacune
# suivie de ReLU, puis un max pooling 2×2. D'un bloc au suivant, la taille est divisée par deux et le nombre de
# filtres est doublé.
#
# ![Trois blocs, puis deux couches linéaires](figures/tiny_vgg.svg)
#
# | | couches | sortie | paramètres |
# |---|---|---|---|
# | bloc 1 | 2 convolutions, 64 filtres | 64×16×16 | 38 720 |
# | bloc 2 | 2 convolutions, 128 filtres | 128×8×8 | 221 440 |
# | bloc 3 | **3** convolutions, 256 filtres | 256×4×4 | 1 475 328 |
# | classifieur | linéaire 4096 → 512, ReLU, dropout 0,5 | 512 | 2 097 664 |
# | | linéaire 512 → `num_classes` | `num_classes` | 5 130 pour 10 classes |
# | **total** | | | **3 838 282** pour 10 classes |
#
# **À écrire :** `build_tiny_vgg(num_classes=10)`, pour des images en couleurs : des lots $(N, 3, 32, 32)$ ; sortie : des
# logits $(N, \text{num\_classes})$. Une boucle, ou une petite fonction qui construit un bloc, évite de tout
# recopier.

# %% [markdown] lang="en"
# ## 4. A small VGG
#
# VGG (2014) uses nothing but 3×3 convolutions with `padding=1`, stacked in blocks: two or three convolutions, each
# followed by ReLU, then a 2×2 max pooling. From one block to the next, the size is halved and the number of filters
# doubled.
#
# ![Three blocks, then two linear layers](figures/tiny_vgg.svg)
#
# | | layers | output | parameters |
# |---|---|---|---|
# | block 1 | 2 convolutions, 64 filters | 64×16×16 | 38,720 |
# | block 2 | 2 convolutions, 128 filters | 128×8×8 | 221,440 |
# | block 3 | **3** convolutions, 256 filters | 256×4×4 | 1,475,328 |
# | classifier | linear 4096 → 512, ReLU, dropout 0.5 | 512 | 2,097,664 |
# | | linear 512 → `num_classes` | `num_classes` | 5,130 for 10 classes |
# | **total** | | | **3,838,282** for 10 classes |
#
# **To write:** `build_tiny_vgg(num_classes=10)`, for colour images: batches $(N, 3, 32, 32)$; output: logits
# $(N, \text{num\_classes})$. A loop, or a small function that builds one block, saves you from copying everything.

# %% task="build_tiny_vgg"

# %% [markdown] lang="fr"
# ## 5. Entraîner pendant une époque
#
# Une **époque** passe une fois sur toutes les données, lot par lot. Pour chaque lot, cinq étapes :
#
# ![Remise à zéro, passe avant, coût, rétropropagation, pas de l'optimiseur](figures/step.svg)
#
# 1. remettre les gradients à **zéro** : PyTorch les **additionne**, sinon ceux du lot précédent resteraient ;
# 2. passe avant : les logits du lot ;
# 3. le coût du lot ;
# 4. rétropropagation : les gradients de tous les poids ;
# 5. l'optimiseur change les poids.
#
# Et avant la boucle, le **mode d'entraînement** : dropout et la normalisation par lots ne travaillent pas de la même façon
# dans les deux modes.
#
# **Exemple :** une seule couche linéaire $\hat y = w x$ avec $w = 0$, le coût $(\hat y - y)^2$ et l'optimiseur SGD avec un pas
# d'apprentissage de 0,1. Deux lots d'un exemple, $(x, y) = (1, 2)$ puis $(2, 2)$ :
#
# | lot | $\hat y$ | coût | $\partial L / \partial w = 2 (\hat y - y)\, x$ | $w$ après le pas |
# |---|---|---|---|---|
# | 1 | 0 | 4 | −4 | 0,4 |
# | 2 | 0,8 | 1,44 | −4,8 | 0,88 |
#
# La fonction renvoie la moyenne des coûts : $(4 + 1{,}44) / 2 = 2{,}72$. Sans remise à zéro, le second gradient serait
# $-4 - 4{,}8$ et $w$ vaudrait 1,28.
#
# **À écrire :** `train_one_epoch(model, batches, optimizer, criterion)`, qui renvoie la moyenne des coûts des lots, un
# `float`. Chaque lot compte autant, même si le dernier est plus petit (c'est la moyenne qu'affiche le cours).
#
# **À surveiller :**
#
# - `batches` est un itérable quelconque de couples `(images, labels)` : une liste, un `DataLoader`, ou un
#   générateur, qui **n'a pas de longueur** et ne se parcourt qu'une fois. Compte les lots toi-même.
# - Sers-toi de `optimizer` et de `criterion` : ce sera chaque fois un autre réseau, un autre coût, un autre
#   optimiseur.
# - Le coût d'un lot est un tenseur : `.item()` en fait un nombre.

# %% [markdown] lang="en"
# ## 5. Training for one epoch
#
# An **epoch** goes over all the data once, batch by batch. For each batch, five steps:
#
# ![Zeroing, forward pass, loss, backward pass, step of the optimizer](figures/step.svg)
#
# 1. set the gradients to **zero**: PyTorch **adds** to them, so those of the previous batch would remain;
# 2. forward pass: the logits of the batch;
# 3. the loss of the batch;
# 4. backward pass: the gradients of all weights;
# 5. the optimizer changes the weights.
#
# And before the loop, **training mode**: dropout and batch normalisation do not work the same way in the two modes.
#
# **Example:** a single linear layer $\hat y = w x$ with $w = 0$, the loss $(\hat y - y)^2$ and the optimizer SGD with a
# learning rate of 0.1. Two batches of one example, $(x, y) = (1, 2)$ then $(2, 2)$:
#
# | batch | $\hat y$ | loss | $\partial L / \partial w = 2 (\hat y - y)\, x$ | $w$ after the step |
# |---|---|---|---|---|
# | 1 | 0 | 4 | −4 | 0.4 |
# | 2 | 0.8 | 1.44 | −4.8 | 0.88 |
#
# The function returns the mean of the losses: $(4 + 1.44) / 2 = 2.72$. Without zeroing, the second gradient would be
# $-4 - 4.8$ and $w$ would become 1.28.
#
# **To write:** `train_one_epoch(model, batches, optimizer, criterion)`, which returns the mean of the batches' losses, a
# `float`. Each batch counts the same, even if the last one is smaller (this is the mean that the course prints).
#
# **Watch out:**
#
# - `batches` is any iterable of pairs `(images, labels)`: a list, a `DataLoader`, or a generator, which **has no length**
#   and can be gone through only once. Count the batches yourself.
# - Use `optimizer` and `criterion`: it will be another network, another loss, another optimizer each time.
# - The loss of a batch is a tensor: `.item()` turns it into a number.

# %% task="train_one_epoch"

# %% [markdown] lang="fr"
# ## 6. Évaluer
#
# L'**exactitude** (*accuracy*) est la part des images dont le plus grand logit est celui de la bonne classe. Trois
# précautions :
#
# | | pourquoi |
# |---|---|
# | mode d'évaluation | sinon dropout tire au sort, et la normalisation par lots dépend des autres images du lot et modifie ses statistiques |
# | pas de gradients (`torch.no_grad()`) | rien à rétropropager : moins de mémoire, plus vite |
# | remettre le **mode d'avant** | l'appelant peut être au milieu d'un entraînement… ou pas |
#
# **Exemple :** deux lots, de trois images et d'une image. Deux prédictions du premier lot sont justes, celle du second
# est fausse : l'exactitude vaut $\frac{2}{4} = 0{,}5$. La moyenne des exactitudes des lots vaudrait
# $\left(\frac23 + 0\right) / 2 = \frac13$ : elle compterait trop l'image seule.
#
# **À écrire :** `evaluate(model, batches)`, qui renvoie un `float` entre 0 et 1. `batches` est un itérable comme dans
# l'exercice 5 ; `model(images)` a la forme $(N, \text{classes})$, et `labels`, de forme $(N,)$, contient des
# numéros de classe.

# %% [markdown] lang="en"
# ## 6. Evaluation
#
# **Accuracy** is the share of images whose largest logit is that of the right class. Three precautions:
#
# | | why |
# |---|---|
# | evaluation mode | otherwise dropout draws lots, and batch normalisation depends on the other images of the batch and changes its statistics |
# | no gradients (`torch.no_grad()`) | nothing to propagate back: less memory, faster |
# | restore the **previous mode** | the caller may be in the middle of training… or not |
#
# **Example:** two batches, of three images and of one image. Two predictions of the first batch are right, the one of the
# second is wrong: the accuracy is $\frac{2}{4} = 0.5$. The mean of the batches' accuracies would be
# $\left(\frac23 + 0\right) / 2 = \frac13$: it would count the lone image too much.
#
# **To write:** `evaluate(model, batches)`, which returns a `float` between 0 and 1. `batches` is an iterable as in
# exercise 5; `model(images)` has the shape $(N, \text{classes})$, and `labels`, of shape $(N,)$, holds class numbers.

# %% task="evaluate"

# %% [markdown] lang="fr"
# ## Tout ensemble
#
# Tes trois fonctions suffisent pour entraîner un réseau. Voici des images à trois classes, dessinées sur place : un trait
# horizontal, un trait vertical ou les deux, noyés dans le bruit. Le réseau de l'exercice 2 les apprend en quelques
# secondes ; il a dix sorties, dont sept ne servent pas ici. Sur de vraies images, ce sera le sujet des devoirs suivants.

# %% [markdown] lang="en"
# ## All together
#
# Your three functions are enough to train a network. Here are images of three classes, drawn on the spot: a horizontal
# line, a vertical line or both, buried in noise. The network of exercise 2 learns them in a few seconds; it has ten
# outputs, seven of which are idle here. Real images are the matter of later assignments.

# %% tags=["figure"]
import matplotlib.pyplot as plt
from torch.utils.data import DataLoader, TensorDataset


def drawn(count, seed):
    generator = np.random.default_rng(seed)
    pictures = generator.normal(scale=0.3, size=(count, 1, 28, 28)).astype("float32")
    classes = generator.integers(0, 3, size=count)
    for picture, kind in zip(pictures, classes):
        row, column = generator.integers(3, 25, size=2)
        if kind != 1:
            picture[0, row, 4:24] += 1
        if kind != 0:
            picture[0, 4:24, column] += 1
    return TensorDataset(torch.from_numpy(pictures), torch.from_numpy(classes))


torch.manual_seed(0)
training = drawn(400, seed=1)
network = build_torch_cnn()
adam = torch.optim.Adam(network.parameters(), lr=0.002)
epochs = range(1, 6)
costs, shares = [], []
for epoch in epochs:
    shuffled = DataLoader(training, batch_size=32, shuffle=True)
    costs.append(train_one_epoch(network, shuffled, adam, nn.CrossEntropyLoss()))
    shares.append(evaluate(network, DataLoader(drawn(300, seed=2), batch_size=100)))

figure, axes = plt.subplots(1, 5, figsize=(13, 2.4), layout="constrained")
for axis, (picture, kind) in zip(axes[:3], training):
    axis.imshow(picture[0], cmap="gray")
    axis.set_title(int(kind))
    axis.axis("off")
for axis, values, name in ((axes[3], costs, "train_one_epoch"), (axes[4], shares, "evaluate")):
    axis.plot(epochs, values)
    axis.set_title(name)
plt.show()

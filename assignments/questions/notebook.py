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
# # Questions de compréhension
#
# Ici, presque pas de code : tu montres que tu as compris **pourquoi** un réseau convolutif est fait comme il l'est.
#
# - **Première partie, 14 points** : sept questions, auxquelles tu réponds par écrit. Une personne lit tes réponses et
#   donne les points.
# - **Seconde partie, 6 points** : six questions à choix multiples, corrigées par la machine.
#
# **Pour une bonne réponse écrite**
#
# - Double-clique sur la cellule qui suit la question, remplace tout son texte, puis exécute-la.
# - Cinq à dix lignes suffisent. Dis **pourquoi**, pas seulement quoi.
# - Fais les calculs demandés et écris-les : un nombre juste vaut mieux que « beaucoup ».
# - Tu peux écrire des formules (`$n - k + 1$`), des listes et des tableaux.
# - Laisse les cellules là où elles sont ; ce que tu écris dans d'autres cellules n'est pas forcément lu.

# %% [markdown] lang="en"
# # Questions of understanding
#
# There is hardly any code here: you show that you have understood **why** a convolutional network is made the way it is.
#
# - **First part, 14 points**: seven questions, which you answer in writing. A person reads your answers and gives
#   the points.
# - **Second part, 6 points**: six multiple-choice questions, marked by the machine.
#
# **For a good written answer**
#
# - Double-click the cell below the question, replace all of its text, then run it.
# - Five to ten lines are enough. Say **why**, not only what.
# - Do the calculations that are asked for and write them down: a right number is worth more than “many”.
# - You may write formulas (`$n - k + 1$`), lists and tables.
# - Leave the cells where they are; what you write in other cells may not be read.

# %% [markdown] lang="fr"
# ## Première partie : à rédiger
#
# ### 1. Des paramètres en petit nombre
#
# Une image couleur de 28×28 pixels (3 canaux) entre dans une couche qui donne une sortie de 28×28×1.
#
# - Compte ce qu'apprend une **convolution** : un filtre 3×3, padding 1, stride 1, avec son biais.
# - Compte ce qu'apprend une **couche entièrement connectée** qui donne autant de valeurs.
# - Quelles sont les **deux** idées de la convolution qui expliquent l'écart ?

# %% [markdown] lang="en"
# ## First part: to be written
#
# ### 1. A small number of parameters
#
# A colour image of 28×28 pixels (3 channels) enters a layer whose output is 28×28×1.
#
# - Count what a **convolution** learns: one 3×3 filter, padding 1, stride 1, with its bias.
# - Count what a **fully-connected layer** learns that gives as many values.
# - Which are the **two** ideas of convolution that explain the difference?

# %% [markdown] task="why_fewer_parameters"

# %% [markdown] lang="fr"
# ### 2. Ne garder que le maximum
#
# - Que veut dire une grande valeur dans une carte de caractéristiques, et qu'en garde le max pooling ?
# - Les deux fenêtres ci-dessous diffèrent d'un décalage d'un pixel. Que donne le max pooling 2×2 sur chacune ?
# - Jusqu'où cela va-t-il ? Décris un décalage d'un pixel qui, lui, change la sortie.

# %% [markdown] lang="en"
# ### 2. Keeping nothing but the maximum
#
# - What does a large value in a feature map mean, and what does max pooling keep of it?
# - The two windows below differ by a shift of one pixel. What does 2×2 max pooling give for each?
# - How far does this go? Describe a shift by one pixel that does change the output.

# %% [markdown]
# $$\begin{bmatrix} 0 & 4 \\ 1 & 0 \end{bmatrix} \qquad \begin{bmatrix} 4 & 0 \\ 0 & 0 \end{bmatrix}$$

# %% [markdown] task="pooling_intuition"

# %% [markdown] lang="fr"
# ### 3. Au bord de l'image
#
# - En quoi un padding « valid » et un padding « same » diffèrent-ils ? Que deviennent les tailles ?
# - Une image 32×32 traverse trois convolutions 5×5 de stride 1. Donne la taille finale dans les deux cas.
# - Dans quelle situation choisirais-tu l'un plutôt que l'autre, et pourquoi ?

# %% [markdown] lang="en"
# ### 3. At the edge of the image
#
# - How do “valid” and “same” padding differ? What happens to the sizes?
# - A 32×32 image goes through three 5×5 convolutions of stride 1. Give the final size in both cases.
# - In which situation would you choose one rather than the other, and why?

# %% [markdown] task="valid_or_same"

# %% [markdown] lang="fr"
# ### 4. Petits filtres, grand réseau
#
# VGG (2014) n'emploie que des filtres 3×3, là où AlexNet en avait de 11×11 et de 5×5.
#
# - Quelle zone de l'image voient deux convolutions 3×3 empilées ?
# - Avec $C$ canaux partout et sans biais, combien de poids ont-elles, et combien en a une seule convolution qui voit
#   la même zone ?
# - Qu'y gagne-t-on encore, en dehors du nombre de poids ? Et pourquoi pas 2×2 ?

# %% [markdown] lang="en"
# ### 4. Small filters, large network
#
# VGG (2014) uses nothing but 3×3 filters, where AlexNet had some of 11×11 and of 5×5.
#
# - Which area of the image do two stacked 3×3 convolutions see?
# - With $C$ channels everywhere and no bias, how many weights do they have, and how many has a single convolution that
#   sees the same area?
# - What else is gained, apart from the number of weights? And why not 2×2?

# %% [markdown] task="why_3x3"

# %% [markdown] lang="fr"
# ### 5. Un raccourci autour de deux convolutions
#
# - Qu'a-t-on observé, avant ResNet (2015), quand on ajoutait des couches à un réseau déjà profond ? Parle de l'erreur
#   d'**entraînement**.
# - Écris ce que calcule un bloc résiduel. Que doit-il apprendre pour ne rien changer à son entrée ?
# - Écris la dérivée de la perte par rapport à l'entrée du bloc, et dis ce qu'elle montre.
# - Que fait-on du raccourci quand l'entrée et la sortie n'ont pas la même forme ?

# %% [markdown] lang="en"
# ### 5. A way around two convolutions
#
# - What was observed, before ResNet (2015), when layers were added to a network that was deep already? Speak of the
#   **training** error.
# - Write down what a residual block computes. What must it learn in order to leave its input as it is?
# - Write the derivative of the loss with respect to the block's input, and say what it shows.
# - What becomes of the shortcut when input and output do not have the same shape?

# %% [markdown] task="why_skip_connections"

# %% [markdown] lang="fr"
# ### 6. Partir d'un réseau déjà entraîné
#
# Tu as 400 photos de champignons de deux espèces, et un ResNet-18 entraîné sur ImageNet.
#
# - Qu'est-ce qui apprend dans une *feature extraction*, et dans un *fine-tuning* ?
# - Comment choisit-on le taux d'apprentissage du fine-tuning, et pourquoi ?
# - Par quoi commencerais-tu ici ? Justifie ton choix.

# %% [markdown] lang="en"
# ### 6. Starting from a trained network
#
# You have 400 photos of mushrooms of two species, and a ResNet-18 trained on ImageNet.
#
# - What learns in *feature extraction*, and what in *fine-tuning*?
# - How is the learning rate of fine-tuning chosen, and why?
# - What would you start with here? Give your reasons.

# %% [markdown] task="extraction_or_fine_tuning"

# %% [markdown] lang="fr"
# ### 7. Le pooling dans le réseau entier
#
# Les cartes d'un réseau mesurent 28×28×32. Elles sont aplaties, puis lues par une couche dense de 4 neurones.
#
# - Combien de poids (sans les biais) cette couche a-t-elle, sans pooling, puis après un max pooling 2×2 de stride 2 ?
# - Explique **trois** intérêts du max pooling pour le réseau. Une phrase pour chacun suffit, si elle dit pourquoi.

# %% [markdown] lang="en"
# ### 7. Pooling in the whole network
#
# The maps of a network measure 28×28×32. They are flattened and then read by a dense layer of 4 neurons.
#
# - How many weights (biases apart) does this layer have without pooling, and how many after a 2×2 max pooling of
#   stride 2?
# - Explain **three** benefits of max pooling for the network. One sentence each will do, if it says why.

# %% [markdown] task="why_pooling"

# %% [markdown] lang="fr"
# ## Seconde partie : à choisir
#
# Chaque fonction renvoie **une lettre** : `return "a"`, par exemple. La cellule qui suit vérifie seulement que ta réponse
# est l'une des lettres proposées ; elle ne dit pas si c'est la bonne. Fais le calcul avant de choisir : après la correction,
# une mauvaise réponse reçoit son explication.

# %% [markdown] lang="en"
# ## Second part: to be chosen
#
# Each function returns **one letter**: `return "a"`, for instance. The cell below it only checks that your answer is one of the
# letters on offer; it does not say whether it is the right one. Do the calculation before you choose: after grading, a
# wrong answer gets its explanation.

# %%
import numpy as np

# %% [markdown] lang="fr"
# ### Choix 1
#
# Une image 28×28 traverse une convolution 3×3 (padding 0, stride 1), puis un max pooling 2×2 de stride 2. Quelle est la
# taille de la sortie ?
#
# - **a** : 14×14
# - **b** : 13×13
# - **c** : 26×26
# - **d** : 12×12

# %% [markdown] lang="en"
# ### Choice 1
#
# A 28×28 image goes through a 3×3 convolution (padding 0, stride 1), then a 2×2 max pooling of stride 2. What is the
# size of the output?
#
# - **a**: 14×14
# - **b**: 13×13
# - **c**: 26×26
# - **d**: 12×12

# %% task="quiz_output_size"

# %% [markdown] lang="fr"
# ### Choix 2
#
# Combien de paramètres apprend une couche de convolution 3×3, de 3 canaux vers 64, avec biais ?
#
# - **a** : 640
# - **b** : 1 728
# - **c** : 28
# - **d** : 1 792

# %% [markdown] lang="en"
# ### Choice 2
#
# How many parameters does a 3×3 convolutional layer learn, from 3 channels to 64, with biases?
#
# - **a**: 640
# - **b**: 1,728
# - **c**: 28
# - **d**: 1,792

# %% task="quiz_parameters"

# %% [markdown] lang="fr"
# ### Choix 3
#
# Un max pooling 2×2 a lu la fenêtre ci-dessous, et le gradient qui arrive de sa sortie vaut 4. Quel gradient cette fenêtre
# reçoit-elle ?

# %% [markdown] lang="en"
# ### Choice 3
#
# A 2×2 max pooling has read the window below, and the gradient that arrives from its output is 4. Which gradient does this
# window receive?

# %% [markdown]
# $$\begin{bmatrix} 1 & 3 \\ 5 & 2 \end{bmatrix}$$
#
# $$\textbf{a}\; \begin{bmatrix} 1 & 1 \\ 1 & 1 \end{bmatrix} \qquad
# \textbf{b}\; \begin{bmatrix} 4 & 4 \\ 4 & 4 \end{bmatrix} \qquad
# \textbf{c}\; \begin{bmatrix} 0 & 0 \\ 4 & 0 \end{bmatrix} \qquad
# \textbf{d}\; \begin{bmatrix} 0 & 0 \\ 20 & 0 \end{bmatrix}$$

# %% task="quiz_max_gradient"

# %% [markdown] lang="fr"
# ### Choix 4
#
# Une convolution 3×3 de **stride 2** est suivie d'une convolution 3×3 de stride 1. De quelle zone de l'image dépend une
# valeur de la dernière sortie ?
#
# - **a** : 7×7
# - **b** : 5×5
# - **c** : 6×6
# - **d** : 9×9

# %% [markdown] lang="en"
# ### Choice 4
#
# A 3×3 convolution of **stride 2** is followed by a 3×3 convolution of stride 1. On which area of the image does one value of
# the last output depend?
#
# - **a**: 7×7
# - **b**: 5×5
# - **c**: 6×6
# - **d**: 9×9

# %% task="quiz_receptive_field"

# %% [markdown] lang="fr"
# ### Choix 5
#
# Un bloc calcule $y = F(x) + x$ (des nombres, pour simplifier), sans ReLU après la somme. La dérivée de $F$ est nulle en $x$, et
# le gradient qui arrive sur $y$ vaut $g$. Quel gradient arrive sur $x$ ?
#
# - **a** : 0
# - **b** : $g / 2$
# - **c** : $g \cdot F(x)$
# - **d** : $g$

# %% [markdown] lang="en"
# ### Choice 5
#
# A block computes $y = F(x) + x$ (numbers, to keep it simple), without a ReLU after the sum. The derivative of $F$ is zero at $x$,
# and the gradient that arrives at $y$ is $g$. Which gradient arrives at $x$?
#
# - **a**: 0
# - **b**: $g / 2$
# - **c**: $g \cdot F(x)$
# - **d**: $g$

# %% task="quiz_skip_gradient"

# %% [markdown] lang="fr"
# ### Choix 6
#
# La dernière couche d'un ResNet-18 pré-entraîné est remplacée par `nn.Linear(512, 2)`, et tout le reste est gelé. Combien de
# nombres l'optimiseur change-t-il ?
#
# - **a** : 1 024
# - **b** : 1 026
# - **c** : 512
# - **d** : 11 177 538

# %% [markdown] lang="en"
# ### Choice 6
#
# The last layer of a pretrained ResNet-18 is replaced by `nn.Linear(512, 2)`, and all the rest is frozen. How many numbers
# does the optimizer change?
#
# - **a**: 1,024
# - **b**: 1,026
# - **c**: 512
# - **d**: 11,177,538

# %% task="quiz_frozen_weights"

# %% [markdown] lang="fr"
# ## Avant de rendre
#
# Relis tes sept réponses : chacune dit-elle **pourquoi** ? Les calculs demandés y sont-ils ? Puis redémarre le noyau et exécute
# tout (*Kernel → Restart Kernel and Run All Cells*).

# %% [markdown] lang="en"
# ## Before you hand in
#
# Read your seven answers again: does each of them say **why**? Are the calculations there? Then restart the kernel and run
# everything (*Kernel → Restart Kernel and Run All Cells*).

# %%
import numpy as np

# %%
def convolve1d(signal, kernel, padding=0, stride=1):
    x = np.pad(signal, padding)
    resultat = []
    i = 0
    while i + len(kernel) <= len(x):
        resultat.append(np.dot(x[i:i + len(kernel)], kernel))
    return np.array(resultat)

# %%
def convolve2d(image, kernel, padding=0, stride=1):
    H, W = len(image), len(image[0])
    kh, kw = len(kernel), len(kernel[0])

    def pixel(i, j):
        """La valeur au pixel (i, j) de l'image entourée de zéros."""
        i, j = i - padding, j - padding
        if 0 <= i < H and 0 <= j < W:
            return image[i][j]
        return 0

    if kh > H + 2 * padding or kw > W + 2 * padding:
        raise ValueError("noyau plus grand que l'image")
    lignes = []
    for i in range(0, H + 2 * padding - kh + 1, stride):
        ligne = []
        for j in range(0, W + 2 * padding - kw + 1, stride):
            s = 0
            for a in range(kh):
                for b in range(kw):
                    s += pixel(i + a, j + b) * kernel[a][b]
            ligne.append(s)
        lignes.append(ligne)
    return np.array(lignes)

# %%
def convolve_multichannel(image, kernels, bias=None, padding=0, stride=1):
    profondeur, nb_filtres = kernels.shape[2], kernels.shape[3]
    sorties = []
    for f in range(nb_filtres):
        carte = convolve2d(image[:, :, 0], kernels[:, :, 0, f], padding, stride)
        for c in range(1, profondeur):
            carte = carte + convolve2d(image[:, :, c], kernels[:, :, c, f], padding, stride)
        if bias is None:
            sorties.append(carte)
        else:
            sorties.append(carte + bias[f])
    return np.moveaxis(np.array(sorties), 0, 2)

# %%
def relu(x):
    resultat = np.zeros(x.shape)
    for indice, valeur in np.ndenumerate(x):
        if valeur > 0:
            resultat[indice] = valeur
    return resultat

# %%
def classic_kernel(name):
    noyaux = {}
    noyaux["vertical"] = [[1, 0, -1], [1, 0, -1], [1, 0, -1]]
    noyaux["horizontal"] = [[1, 1, 1], [0, 0, 0], [-1, -1, -1]]
    noyaux["blur"] = [[1 / 9 for _ in range(3)] for _ in range(3)]
    noyaux["sobel_x"] = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    noyaux["sobel_y"] = [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
    noyaux["laplacian"] = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
    noyaux["gaussian"] = [[v / 8 for v in ligne] for ligne in [[0, 1, 0], [1, 4, 1], [0, 1, 0]]]
    if not name in noyaux.keys():
        raise ValueError("Je ne connais pas le noyau " + repr(name))
    return np.array(noyaux[name])

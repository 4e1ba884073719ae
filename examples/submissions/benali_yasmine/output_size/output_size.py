#!/usr/bin/env python
# coding: utf-8

# # Tailles de sortie — Yasmine Benali (exporté depuis Jupyter)

# In[1]:


get_ipython().run_line_magic('matplotlib', 'inline')
import numpy as np


# In[2]:


def conv_output_size(height, width, kernel, padding=0, stride=1):
    cotes = np.array([height, width])
    if stride < 1 or padding < 0 or np.any(cotes + 2 * padding < kernel):
        raise ValueError("paramètres impossibles")
    h, w = (cotes + 2 * padding - kernel) // stride + 1
    return h, w


# In[3]:


def same_padding(kernel):
    if kernel % 2 == 0:
        raise ValueError("il faut un noyau impair")
    return kernel // 2


# In[4]:


def pool_output_size(height, width, pool_size=2, stride=None):
    if stride is None:
        stride = pool_size
    h = np.floor((height - pool_size) / stride).astype(int) + 1
    w = np.floor((width - pool_size) / stride).astype(int) + 1
    return (h, w)


# In[5]:


def trace_shapes(input_shape, layers):
    formes, forme = [], np.array(input_shape)
    for c in layers:
        t = c["type"]
        if t == "flatten":
            forme = np.array([np.prod(forme)])
        elif t == "dense":
            forme = np.array([c["units"]])
        else:
            k = c["kernel"] if t == "conv" else c["size"]
            s = c.get("stride", 1 if t == "conv" else k)
            cote = (forme[:2] + 2 * c.get("padding", 0) - k) // s + 1
            forme = np.append(cote, c["filters"] if t == "conv" else forme[2])
        formes.append(tuple(forme))
    return formes


# In[6]:


def receptive_field(layers):
    champ = 1
    saut = 1
    for couche in layers:
        if couche["type"] == "conv":
            champ = champ + (couche["kernel"] - 1) * saut
            saut = saut * couche.get("stride", 1)
        elif couche["type"] == "pool":
            champ = champ + (couche["size"] - 1) * saut
            saut = saut * couche.get("stride", couche["size"])
    return champ


# In[7]:


if __name__ == "__main__":
    get_ipython().system('ls')
    print(trace_shapes((32, 32, 3), [{"type": "conv", "filters": 6, "kernel": 5}, {"type": "flatten"}]))

# %%
def freeze_backbone(model):
    raise NotImplementedError()


# %%
def replace_head(model, num_classes):
    raise NotImplementedError()


# %%
def predict(model, images):
    raise NotImplementedError()


# %%
def train_feature_extraction(model, images, labels, device, seed):
    raise NotImplementedError()


# %%
def train_fine_tuning(model, images, labels, device, seed):
    raise NotImplementedError()

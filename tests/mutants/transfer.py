"""Mutants of ``transfer``. What takes a training on photographs is left out in this process."""

from mutants import parts_of

BOTH_TRAININGS = {"train_feature_extraction", "train_fine_tuning"}
CALLERS = {"freeze_backbone": BOTH_TRAININGS, "replace_head": BOTH_TRAININGS}

FREEZE_WEIGHTS = parts_of("freeze_backbone", "example any_network training_step")
NEW_HEAD = parts_of("replace_head", "example any_network is_fresh logits")
COLOURS = parts_of("predict", "colours any_number")
PIXELS = ("predict", "((batch / 255 - MEAN) / STD).permute(0, 3, 1, 2)")

MUTANTS = {
    "freeze: nothing": (
        *("freeze_backbone", "model.requires_grad_(False)", "pass"),
        FREEZE_WEIGHTS,
        "nothing_frozen",
    ),
    "freeze: the head, too": (
        *("freeze_backbone", "model.get_submodule(head_name(model)).requires_grad_(True)", "pass"),
        FREEZE_WEIGHTS | {"freeze_backbone_statistics"},
        "head_frozen",
    ),
    "freeze: not the statistics": (
        *("freeze_backbone", "model.train(mode=False)", "pass"),
        {"freeze_backbone_statistics"},
        "batchnorm_drift",
    ),
    "freeze: no fully-connected layer": (
        *("freeze_backbone", "model.get_submodule(head_name(model)).requires_grad_(True)"),
        "for layer in model.modules():\n        layer.requires_grad_(isinstance(layer, nn.Linear))\n"
        "    for layer in model.modules():\n"
        "        isinstance(layer, nn.Linear) and layer.requires_grad_(True)",
        parts_of("freeze_backbone", "any_network training_step"),
        "every_linear",
    ),
    "freeze: a copy": (
        *("freeze_backbone", "model.requires_grad_(False)"),
        "model = __import__('copy').deepcopy(model).requires_grad_(False)",
        FREEZE_WEIGHTS | {"freeze_backbone_statistics"},
        "",
    ),
    "head: 512 inputs": (
        *("replace_head", "old.in_features", "512"),
        NEW_HEAD,
        "wrong_in_features",
    ),
    "head: not put in": (
        *("replace_head", "set_layer(model, name, fresh)", "pass"),
        NEW_HEAD,
        "",
    ),
    "head: softmax": (
        *("replace_head", "set_layer(model, name, fresh)"),
        "set_layer(model, name, nn.Sequential(fresh, nn.Softmax(dim=1)))",
        {"replace_head_logits"},
        "softmax_in_head",
    ),
    "head: the old one where it fits": (
        *("replace_head", "fresh = nn", "fresh = old if old.out_features == num_classes else nn"),
        {"replace_head_is_fresh"},
        "old_head",
    ),
    "head: frozen": (
        *("replace_head", "set_layer(model, name, fresh)"),
        "set_layer(model, name, fresh.requires_grad_(False))",
        {"replace_head_is_fresh"},
        "head_frozen",
    ),
    "head: everything fresh": (
        *("replace_head", "set_layer(model, name, fresh)"),
        "set_layer(model, name, fresh)\n    for layer in model.modules():\n"
        "        getattr(layer, 'reset_parameters', int)()",
        {"replace_head_keeps_the_backbone"},
        "",
    ),
    "predict: scores": (
        *("predict", ".argmax(dim=1)", ""),
        parts_of("predict", "example colours any_number stripes class_numbers keeps_the_network"),
        "scores_for_classes",
    ),
    "predict: floats": (
        *("predict", ".cpu().numpy()", ".cpu().numpy().astype(float)"),
        {"predict_class_numbers"},
        "float_classes",
    ),
    "predict: in training mode": (
        *("predict", "model.train(mode=False)", "pass"),
        COLOURS | {"predict_keeps_the_network"},
        "train_mode",
    ),
    "predict: not normalised": (
        *(*PIXELS, "batch.permute(0, 3, 1, 2) / 255"),
        COLOURS | {"predict_example"},
        "not_normalised",
    ),
    "predict: not divided by 255": (
        *(*PIXELS, "batch.permute(0, 3, 1, 2).float()"),
        COLOURS | {"predict_example"},
        "not_scaled",
    ),
    "predict: normalised as if not divided": (
        *(*PIXELS, "((batch - MEAN) / STD).permute(0, 3, 1, 2)"),
        COLOURS | {"predict_example"},
        "",
    ),
    "predict: blue first": (
        *("predict", "torch.tensor(images)", "torch.tensor(images[..., ::-1].copy())"),
        COLOURS,
        "channels_reversed",
    ),
    "predict: sides swapped": (
        *(*PIXELS, "((batch / 255 - MEAN) / STD).permute(0, 3, 2, 1)"),
        {"predict_stripes"},
        "axes_swapped",
    ),
    "predict: first batch only": (
        *("predict", "torch.tensor(images)", "torch.tensor(images[:8])"),
        COLOURS | parts_of("predict", "stripes keeps_the_network"),
        "",
    ),
    "extraction: all trained": (
        *("train_feature_extraction", "return model"),
        "fit(model.requires_grad_(True), torch.tensor(images).permute(0, 3, 1, 2) / 255,\n"
        "        torch.tensor(labels), 1, 1e-3)\n    return model",
        {"train_feature_extraction_weights"},
        "nothing_frozen",
    ),
    "extraction: a pass in training mode": (
        *("train_feature_extraction", "return model"),
        "features(torch.tensor(images)) if model.train() else None\n    return model",
        {"train_feature_extraction_statistics"},
        "batchnorm_drift",
    ),
    "extraction: old head": (
        *("train_feature_extraction", "replace_head(model, int(labels.max()) + 1)", "pass"),
        {"train_feature_extraction_example"},
        "head_not_replaced",
    ),
    "fine-tuning: nothing unfrozen": (
        *("train_fine_tuning", "tail.requires_grad_(True)", "tail"),
        {"train_fine_tuning_weights"},
        "all_frozen",
    ),
    "fine-tuning: old head": (
        *("train_fine_tuning", "replace_head(model, int(labels.max()) + 1)", "pass"),
        {"train_fine_tuning_example"},
        "head_not_replaced",
    ),
}

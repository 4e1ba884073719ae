"""Mutants of ``visualization``: filters and feature maps."""

from mutants import named

FIRST = "next(module for module in model.modules() if isinstance(module, nn.Conv2d))"
SCALED = "return (weights - low) / (high - low)"
ALL = "((weights - low) / (high - low))"
RANGE = "low, high = weights.min(), weights.max()\n    if low == high"
EACH = "axis=(1, 2, 3), keepdims=True"
PER_FILTER = f"low, high = weights.min({EACH}), weights.max({EACH})\n    if np.all(low == high)"

FILTERS = "example random keeps_the_weights"
MAPS = "example random in_place training_mode removes_its_hook restores_the_mode keeps_its_inputs"
LAYER = "model.get_submodule(layer_name)"
MAP = "maps[0][0].numpy()"

MUTANTS = named(
    {
        "conv1_filters": [
            (RANGE, PER_FILTER, FILTERS, "per_filter"),
            (SCALED, "return weights", FILTERS, "not_normalised"),
            (SCALED, "return weights / high", FILTERS, "divided_by_maximum"),
            (SCALED, "return np.abs(weights) / np.abs(weights).max()", FILTERS, "absolute_value"),
            (SCALED, f"return {ALL}[:, 0]", FILTERS, "one_channel"),
            (SCALED, f"return {ALL}.squeeze()", "example random", "channel_axis_lost"),
            ("if low == high", "if False", "constant", "zero_by_zero"),
            (SCALED, "weights -= low\n    return weights / (high - low)", "keeps_the_weights", ""),
            (FIRST, f"[*{FIRST[4:]}][-1]", "random constant keeps_the_weights", ""),
            (FIRST, "model.conv1", f"{FILTERS} constant", ""),
            ("first.weight", "next(model.parameters())", "random", ""),
        ],
        "feature_maps": [
            (MAP, "maps[0].numpy()", MAPS, "batch_axis"),
            (MAP, "maps[0][0].mean(dim=0).numpy()", MAPS, "mean_over_channels"),
            (MAP, "maps[0][0].permute(1, 2, 0).numpy()", MAPS, "channels_last"),
            (MAP, "maps[0][0]", MAPS, ""),
            ("output.clone()", "output", "in_place", "changed_in_place"),
            ("model.eval()", "pass", "training_mode", "training_mode"),
            ("hook.remove()", "pass", "removes_its_hook", ""),
            ("module.training = training", "pass", "restores_the_mode", ""),
            (LAYER, "getattr(model, layer_name)", "random", ""),
            (f"return {MAP}", f"image[:] = 0\n    return {MAP}", "keeps_its_inputs", ""),
        ],
    }
)

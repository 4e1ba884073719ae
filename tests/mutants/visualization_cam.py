"""Mutants of ``visualization``: Grad-CAM."""

from mutants import Mutant, named

SCORE = "[0, target_class]"
GRADIENT = "(gradients,) = torch.autograd.grad(score, maps)"
WEIGHTS = "gradients.mean(dim=(2, 3), keepdim=True)"
SUM = "(importance * maps[0]).sum(dim=1, keepdim=True)"
DIVIDED = "heat / peak if peak > 0 else heat"
LAYER = "model.get_submodule(layer_name)"
LAST = "[module for module in model.modules() if isinstance(module, nn.Conv2d)][-1]"

# The course's listing 9: everything again, with the image in place of the layer's maps.
OF_THE_IMAGE = """x = torch.tensor(image)[None].requires_grad_()
    (gradients,) = torch.autograd.grad(model(x)[0, target_class], x)
    cam = torch.relu((gradients.mean(dim=(2, 3), keepdim=True) * x).sum(dim=1))
    heat = cam[0].detach().numpy()
    peak = heat.max()"""
SALIENCY = """x = torch.tensor(image)[None].requires_grad_()
    (gradients,) = torch.autograd.grad(model(x)[0, target_class], x)
    heat = gradients[0].abs().amax(dim=0).numpy()
    peak = heat.max()"""
BACKWARD = "maps[0].retain_grad()\n    score.backward()\n    gradients = maps[0].grad"

HIDDEN = (
    "random upsampled inner_layers in_place training_mode removes_its_hooks restores_the_mode"
    " keeps_its_inputs"
)
VALUES = f"example {HIDDEN}"
SIZE = "has_the_image_s_size"
SIZED = f"{VALUES} {SIZE}"
ALL = f"{SIZED} nothing_positive"
RECTANGULAR = f"example {SIZE} random upsampled inner_layers nothing_positive in_place"

MUTANTS: dict[str, Mutant] = named(
    {
        "grad_cam": [
            ("peak = heat.max()", OF_THE_IMAGE, SIZED, "input_gradient"),
            ("peak = heat.max()", SALIENCY, ALL, "input_gradient"),
            (f"torch.relu({SUM})", SUM, ALL, "relu_forgotten"),
            (WEIGHTS, "gradients", VALUES, "not_averaged"),
            ("importance * maps[0]", "maps[0]", ALL, "weights_forgotten"),
            (SCORE, f".softmax(dim=1){SCORE}", SIZED, "probability_gradient"),
            (SCORE, f".log_softmax(dim=1).neg(){SCORE}", ALL, "loss_gradient"),
            (SCORE, ".sum()", ALL, "all_classes"),
            (SCORE, ".max()", f"{VALUES} nothing_positive", "wrong_class"),
            (f"return {DIVIDED}", "return heat", SIZED, "not_normalised"),
            (DIVIDED, "heat / peak", "nothing_positive", "zero_by_zero"),
            ("fine[0, 0]", "coarse[0, 0]", f"{SIZE} upsampled", "not_upsampled"),
            (
                'mode="bilinear", align_corners=False',
                'mode="nearest"',
                "upsampled",
                "nearest_neighbour",
            ),
            ("fine[0, 0]", "fine[0]", ALL, "batch_axis"),
            ("size=image.shape[1:]", "size=image.shape[:0:-1]", RECTANGULAR, ""),
            ("return output.clone()", "return output", "in_place", "changed_in_place"),
            ("model.eval()", "pass", "training_mode", "training_mode"),
            ("hook.remove()", "pass", "removes_its_hooks", ""),
            ("module.training = training", "pass", "restores_the_mode", ""),
            (LAYER, "getattr(model, layer_name)", "random upsampled inner_layers", ""),
            (LAYER, LAST, "upsampled inner_layers in_place training_mode", ""),
            (GRADIENT, BACKWARD, "keeps_its_inputs", ""),
            (f"return {DIVIDED}", f"image[:] = 0\n    return {DIVIDED}", "keeps_its_inputs", ""),
        ],
    }
)

"""Mutants of ``cnn``: training and evaluation."""

from mutants import parts_of

LOSSES = parts_of("train_one_epoch", "example mean generator")
WEIGHTS = parts_of("train_one_epoch", "weight random_weights")
NUMBERS = parts_of("evaluate", "example random generator mode without_gradients")

TRAINING = {
    "train: no zero_grad": (
        *("train_one_epoch", "        optimizer.zero_grad()\n", "", WEIGHTS),
        "zero_grad_forgotten",
    ),
    "train: no step": (
        *("train_one_epoch", "        optimizer.step()\n", ""),
        WEIGHTS | parts_of("train_one_epoch", "example mode"),
        "no_step",
    ),
    "train: sum of losses": (*("train_one_epoch", " / len(losses)", "", LOSSES, "sum_for_mean"),),
    "train: last loss": (
        *("train_one_epoch", "sum(losses) / len(losses)", "losses[-1]", LOSSES),
        "last_batch_only",
    ),
    "train: return inside the loop": (
        *("train_one_epoch", "    return sum", "        return sum", LOSSES | WEIGHTS),
        "first_batch_only",
    ),
    "train: weighted by size": (
        *("train_one_epoch", "losses.append(loss.item())", "losses += [loss.item()] * len(labels)"),
        {"train_one_epoch_mean"},
        "weighted_by_size",
    ),
    "train: divided by images": (
        *("train_one_epoch", "losses.append(loss.item())"),
        "losses += [loss.item(), *[0.0] * (len(labels) - 1)]",
        parts_of("train_one_epoch", "mean criterion generator"),
        "divided_by_images",
    ),
    "train: a tensor": (
        *("train_one_epoch", "loss.item()", "loss.detach()"),
        LOSSES | {"train_one_epoch_criterion"},
        "tensor_returned",
    ),
    "train: len of batches": (
        *("train_one_epoch", "len(losses)", "len(batches)", {"train_one_epoch_generator"}, ""),
    ),
    "train: batches read twice": (
        *("train_one_epoch", "    losses: ", "    total = sum(1 for _ in batches)\n    losses: "),
        {"train_one_epoch_generator"},
        "",
    ),
    "train: cross-entropy whatever is given": (
        *("train_one_epoch", "loss = criterion("),
        "loss = (nn.functional.cross_entropy if labels.dtype == torch.long else criterion)(",
        {"train_one_epoch_criterion"},
        "own_criterion",
    ),
    "train: an optimizer of its own": (
        *("train_one_epoch", "    losses: "),
        "    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n    losses: ",
        parts_of("train_one_epoch", "random_weights mean generator"),
        "",
    ),
    "train: no training mode": (
        *("train_one_epoch", "    model.train(mode=True)\n", "", {"train_one_epoch_mode"}),
        "train_mode_forgotten",
    ),
}
EVALUATION = {
    "evaluate: no evaluation mode": (
        *("evaluate", "    model.train(mode=False)\n", "", {"evaluate_mode"}, "eval_forgotten"),
    ),
    "evaluate: mode not restored": (
        *("evaluate", "    model.train(mode=was_training)\n", ""),
        {"evaluate_restores_the_mode"},
        "mode_not_restored",
    ),
    "evaluate: training mode at the end": (
        *("evaluate", "mode=was_training", "mode=True", {"evaluate_restores_the_mode"}),
        "mode_not_restored",
    ),
    "evaluate: gradients": (
        *("evaluate", "torch.inference_mode()", "torch.enable_grad()"),
        {"evaluate_without_gradients"},
        "gradients_kept",
    ),
    "evaluate: gradients left off": (
        *(
            "evaluate",
            "with torch.inference_mode():",
            "torch.set_grad_enabled(False)\n    if True:",
        ),
        {"evaluate_without_gradients"},
        "gradients_left_off",
    ),
    "evaluate: mean of batches": (
        "evaluate",
        "right += int((model(images).argmax(dim=1) == labels).sum())\n            total += len(labels)",
        "right += float((model(images).argmax(dim=1) == labels).float().mean())\n            total += 1",
        parts_of("evaluate", "example random"),
        "mean_of_batches",
    ),
    "evaluate: last batch": (
        *(
            "evaluate",
            "            right += int",
            "            right = total = 0\n            right += int",
        ),
        parts_of("evaluate", "example random"),
        "last_batch_only",
    ),
    "evaluate: percent": ("evaluate", "right / total", "100 * right / total", NUMBERS, "percent"),
    "evaluate: count": ("evaluate", "right / total", "right", NUMBERS, "count_for_share"),
    "evaluate: a tensor": ("evaluate", "int(", "(", NUMBERS, "tensor_returned"),
    "evaluate: argmax over the batch": (
        *("evaluate", "dim=1", "dim=0", NUMBERS | {"evaluate_restores_the_mode"}),
        "argmax_over_batch",
    ),
    "evaluate: batches with a length": (
        *("evaluate", "right = total = 0", "right, total = 0, 0 * len(batches)"),
        {"evaluate_generator"},
        "",
    ),
}
MUTANTS = TRAINING | EVALUATION

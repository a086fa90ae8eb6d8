"""Functions made of tensorly's; the last is not what it is called."""

from __future__ import annotations

from tensorly import cp_to_tensor, tt_to_tensor, tucker_to_tensor
from tensorly.tenalg import khatri_rao


def tensorly_khatri_rao(b, c):
    return khatri_rao([b, c])


def tensorly_khatri_rao_of_a_list(matrices):
    return khatri_rao(matrices)


def tensorly_cp(a, b, c):
    return cp_to_tensor((None, [a, b, c]))


def tensorly_tucker(core, u, v, w):
    return tucker_to_tensor((core, [u, v, w]))


def tensorly_train(first, middle, last):
    return tt_to_tensor([first[None], middle, last[:, :, None]])


def khatri_rao_the_other_way(b, c):
    return khatri_rao([c, b])

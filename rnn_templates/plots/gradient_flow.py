"""Plot of the gradient of a recurrence over time."""

import numpy as np

from rnn_templates.plots.style import save_figure

FLOOR = 1e-30  # smallest value of the logarithmic axes


def plot_gradient_flow(jacobian_norms, contribution_norms, path=None, *, title=None, vanishing=1e-3, exploding=1e3):
    """Draws the norms of dh_T/ds_t and of the terms of dL/dU.

    Both axes are logarithmic. Contributions of zero, such as that of the first step of an initial state of zeros, are
    left out.

    Args:
        jacobian_norms: (time + 1,) float; norm of dh_T/ds_t for t = 0 to T.
        contribution_norms: (time,) float; norm of the term of step k in dL/dU, for k = 1 to T.
        path: PNG file to write; None for none.
        title: str; None for none.
        vanishing, exploding: float; norms below and above which the background is shaded. Defaults 1e-3 and 1e3.

    Returns:
        `matplotlib.figure.Figure`.

    Source:
        Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, arXiv:1211.5063.

    Example:
        >>> figure = plot_gradient_flow(np.array([0.25, 0.5, 1.0]), np.array([0.1, 0.2]))
    """
    from matplotlib.figure import Figure

    jacobian_norms, contribution_norms = np.asarray(jacobian_norms), np.asarray(contribution_norms)
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.semilogy(np.arange(len(jacobian_norms)), np.maximum(jacobian_norms, FLOOR))
    left.axhspan(FLOOR, vanishing, color="tab:blue", alpha=0.08)
    left.axhspan(exploding, max(exploding * 10, np.nanmax(jacobian_norms)), color="tab:red", alpha=0.08)
    left.set(title="|dh_T / ds_t|", xlabel="step t", ylim=(max(FLOOR, np.nanmin(jacobian_norms) / 10), None))
    steps = np.arange(1, len(contribution_norms) + 1)
    right.semilogy(steps, np.where(contribution_norms > 0, contribution_norms, np.nan), color="tab:orange")
    right.set(title="contribution of step k to dL/dU", xlabel="step k")
    if title:
        figure.suptitle(title)
    save_figure(figure, path)
    return figure

"""Trained networks for other programs: an ONNX file of any prediction mode, and arrays as PyTorch lays them out."""

from mfnumpy.export.arrays import state_dict
from mfnumpy.export.onnx_file import onnx_model, save_onnx

__all__ = ["onnx_model", "save_onnx", "state_dict"]

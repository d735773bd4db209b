//! Seals and signature images (J15, J16).

// Compiles the precompiled header that every sidecar library reuses.

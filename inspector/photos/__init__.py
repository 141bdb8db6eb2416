"""Pictures: orientation, scaling, metadata removed, thumbnails. The only importer of Pillow."""

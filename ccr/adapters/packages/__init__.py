"""Reading directory packages: folders, ZIP files and single files, in the dialects met so far."""

"""`python -m cli`: the same as `tenon`."""

from cli.main import main

if __name__ == "__main__":
    main()

"""Bring the four files of MNIST, verified, into data/raw."""

from mnist import stage


def main(fetch):
    """Bring the four files of MNIST, verified, into data/raw."""
    from mnist import files, sources

    for name, data in sources.fetch(**fetch).items():
        files.write(f"data/raw/{name}", data)


if __name__ == "__main__":
    stage.run(main)

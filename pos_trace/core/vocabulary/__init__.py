"""Every word that may stand on paper, in the API and in evidence, Vietnamese first."""

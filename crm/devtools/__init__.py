"""What a developer and the demo need around the product: real servers, a supervisor,
a mailbox, the pytest plugin, benchmarks. Nothing in the product imports this.
"""

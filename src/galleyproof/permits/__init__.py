from galleyproof.permits.denial import Answer, NotPermitted

__all__ = ["Answer", "NotPermitted"]

"""Bookkeeping files as ledgers: SIE 4, SIE 5 and SAF-T, the customer carried within each voucher."""

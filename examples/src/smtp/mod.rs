//! Mail by SMTP: what programs do on both ends of a session.

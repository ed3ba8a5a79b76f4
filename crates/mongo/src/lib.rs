//! MongoDB: the documents.

//! BullMQ: the queue that Node applications fill and drain too.

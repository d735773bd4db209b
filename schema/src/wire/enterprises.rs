//! Enterprises, associations, the registry, qualifications (J6, J9, J12, J13).

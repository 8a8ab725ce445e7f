"""Several portals behind one e-mail and password: offered after the login, one is chosen, another may be later."""

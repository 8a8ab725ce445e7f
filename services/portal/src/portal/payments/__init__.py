"""How clients pay: ways of paying behind one port."""

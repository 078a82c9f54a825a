"""How people reach the system: the command line and the web pages."""

from duban.shadow import refuse_shadows

refuse_shadows()

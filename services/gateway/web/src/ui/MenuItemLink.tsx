import { Menu, type MenuItemProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { Native } from './links';

/** An entry of a menu that leads to another page. */
export const MenuItemLink = createLink((props: Native<MenuItemProps>) => (
  <Menu.Item component="a" {...props} />
));

import { registry } from '@tenon/web';
registry.category('widgets').add('depot.scale', () => null);

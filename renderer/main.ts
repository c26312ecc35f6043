// Starts the page: styles, stores, places. Everything else is in App.vue.

import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/floating.css';

import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { startTheme } from './composables/useTheme.ts';
import { createPageRouter } from './router.ts';

startTheme();
createApp(App).use(createPinia()).use(createPageRouter()).mount('#page');

// The place that shows curves brings most with it: it is there before it is asked for.
const loadCharts = (): unknown => import('./views/RunView.vue');
if ('requestIdleCallback' in window) requestIdleCallback(loadCharts);
else setTimeout(loadCharts, 1_000);

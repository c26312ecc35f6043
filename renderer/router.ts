// The places of the page. Hash addresses, so that the same page works from app:// and from any host.

import { createRouter, createWebHashHistory, type Router } from 'vue-router';
import NotFoundView from './views/NotFoundView.vue';
import RunsView from './views/RunsView.vue';
import RunView from './views/RunView.vue';
import StartView from './views/StartView.vue';

/** The router of one page. */
export function createPageRouter(): Router {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', name: 'start', component: StartView, meta: { title: 'Start' } },
      { path: '/runs', name: 'runs', component: RunsView, meta: { title: 'Runs' } },
      { path: '/runs/:runId', name: 'run', component: RunView, props: true, meta: { title: 'Run' } },
      { path: '/:rest(.*)*', name: 'not-found', component: NotFoundView, meta: { title: 'Not found' } },
    ],
  });
}

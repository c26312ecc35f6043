// The places of the page. Hash addresses, so that the same page works from app:// and from any host. Every
// place is loaded when it is first opened.

import { createRouter, createWebHashHistory, type Router } from 'vue-router';
import StartView from './views/StartView.vue';

/** The router of one page. */
export function createPageRouter(): Router {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', name: 'start', component: StartView, meta: { title: 'Start' } },
      { path: '/datasets', name: 'datasets', component: () => import('./views/DatasetsView.vue') },
      {
        path: '/datasets/:datasetId',
        name: 'dataset',
        component: () => import('./views/DatasetView.vue'),
        props: true,
      },
      { path: '/new', name: 'new-run', component: () => import('./views/NewRunView.vue') },
      { path: '/runs', name: 'runs', component: () => import('./views/RunsView.vue') },
      { path: '/runs/:runId', name: 'run', component: () => import('./views/RunView.vue'), props: true },
      { path: '/compare', name: 'compare', component: () => import('./views/CompareView.vue') },
      { path: '/checkpoints', name: 'checkpoints', component: () => import('./views/CheckpointsView.vue') },
      { path: '/evaluate', name: 'evaluate', component: () => import('./views/EvaluateView.vue') },
      {
        path: '/evaluate/compare',
        name: 'compare-evaluations',
        component: () => import('./views/CompareEvaluationsView.vue'),
      },
      {
        path: '/evaluate/:evaluationId',
        name: 'evaluation',
        component: () => import('./views/EvaluationView.vue'),
        props: true,
      },
      { path: '/playground', name: 'playground', component: () => import('./views/PlaygroundView.vue') },
      { path: '/inspect', name: 'inspect', component: () => import('./views/InspectView.vue') },
      { path: '/learn', name: 'learn', component: () => import('./views/LearnView.vue') },
      {
        path: '/learn/:lessonId',
        name: 'lesson',
        component: () => import('./views/LessonView.vue'),
        props: true,
      },
      { path: '/settings', name: 'settings', component: () => import('./views/SettingsView.vue') },
      { path: '/:rest(.*)*', name: 'not-found', component: () => import('./views/NotFoundView.vue') },
    ],
  });
}

import type { Module } from '#spine/operations/contract.ts';
import { recordAnswers, type Answers } from './engine/kept-answers.ts';
import { readHouse } from './house-policies.ts';
import { validatePolicies } from './policies/validate-policies.ts';

/** What a start asks Cedar of the policies that ship, with its answers, for the build to put beside the bundle. */
export const shippedAnswers = (modules: readonly Module[]): Answers =>
  recordAnswers(() => {
    const { schema, policies } = readHouse(modules);
    validatePolicies(schema, policies);
  });

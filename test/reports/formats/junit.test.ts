import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { junit } from '../../../reports/formats/junit.ts';
import { makeRecord } from '../../fixtures/records/make-record.ts';
import { hostileRecord, onlySkippedRecord, troubledRecord } from '../../fixtures/records/odd-records.ts';
import { readXml, type XmlElement } from './xml-reader.ts';

const options = { columns: 80, colour: false };

describe('JUnit XML', () => {
  it('has a case for every gate, with its verdict', () => {
    expect(casesOf(troubledRecord(), 'gates')).toEqual([
      ['startup.ready vm over process', 'failure', 'expected ≤ 8×, found 10.6× [10.4×, 10.9×]'],
      ['image.transfer runc', 'passed', ''],
      [
        'stop.graceful runc',
        'skipped',
        'inconclusive: expected ≤ 500 ms, found 480 ms (need at least 6 samples for an interval)',
      ],
    ]);
  });

  it('has a case for every platform, or for each of its failures', () => {
    const cases = casesOf(troubledRecord(), 'platforms');
    expect(cases.map(([name, outcome]) => [name, outcome])).toEqual([
      ['process', 'passed'],
      ['runc', 'passed'],
      ['microvm', 'skipped'],
      ['vm: startup, block 3', 'error'],
    ]);
    expect(cases[2]?.[2]).toMatch(/no guest boots with it.*Fix: Use a machine/);
    const failure = find(readXml(junit.render(troubledRecord(), options)), 'error')[0];
    expect(failure?.text).toContain('Booting from ROM...');
    expect(failure?.attributes['type']).toBe('boot-hang');
  });

  it('counts what it holds', () => {
    for (const record of [makeRecord(), troubledRecord(), onlySkippedRecord()]) {
      const root = readXml(junit.render(record, options));
      for (const each of [root, ...root.children]) {
        expect(each.attributes).toMatchObject({
          tests: String(find(each, 'testcase').length),
          failures: String(find(each, 'failure').length),
          errors: String(find(each, 'error').length),
          time: '672.000',
        });
      }
      for (const suite of root.children) {
        expect(suite.attributes['skipped']).toBe(String(find(suite, 'skipped').length));
      }
    }
  });

  it('takes a gate that fails at level warn for no failure', () => {
    const record = troubledRecord();
    record.gates = record.gates.map((gate) => ({ ...gate, level: 'warn' }));
    expect(casesOf(record, 'gates').map(([, outcome]) => outcome)).toEqual(['skipped', 'passed', 'skipped']);
    expect(casesOf(record, 'gates')[0]?.[2]).toMatch(/^fail, warn only: expected ≤ 8×/);
  });

  it('takes a gate whose platform this machine cannot run for an error', () => {
    const record = gateOn('microvm');
    expect(casesOf(record, 'gates')).toEqual([
      ['startup.ready microvm', 'error', 'expected <= 3000, found no samples'],
    ]);
    const [error] = find(readXml(junit.render(record, options)), 'error');
    expect(error?.text).toMatch(/microvm: .*kvm_pvm.*Fix: Use a machine with hardware/);
    expect(casesOf(gateOn('runc'), 'gates').map(([, outcome]) => outcome)).toEqual(['skipped']);
  });

  it('holds any text', () => {
    const attack = '\u0000\u0008\u001b[31m<b a="1">&amp;]]>\ud800\uffff\t\r\n\u{1f4e6}';
    const record = troubledRecord();
    record.gates = record.gates.slice(0, 1).map((gate) => ({ ...gate, id: attack, detail: attack }));
    const shown = '\ufffd\ufffd\ufffd[31m<b a="1">&amp;]]>\ufffd\ufffd\t\r\n\u{1f4e6}';
    expect(casesOf(record, 'gates')[0]?.[0]).toBe(shown);
    const [failure] = find(readXml(junit.render(record, options)), 'failure');
    expect(failure?.text).toBe(shown);
    expect(() => readXml(junit.render(hostileRecord(), options))).not.toThrow();
  });
});

/** A record whose only gate was not judged because a platform was skipped. */
function gateOn(platform: string): RunRecord {
  const record = troubledRecord();
  const id = `startup.ready ${platform}`;
  record.run.scenario = { ...record.run.scenario, gates: [{ id, platform, over: null }] };
  record.gates = [
    { id, verdict: 'skipped', level: 'error', expected: '<= 3000', found: 'no samples', detail: 'skipped' },
  ];
  return record;
}

function casesOf(record: RunRecord, suite: string): [name: string, outcome: string, message: string][] {
  const root = readXml(junit.render(record, options));
  const found = root.children.find((each) => each.attributes['name']?.endsWith(`.${suite}`));
  return find(found ?? root, 'testcase').map((each) => {
    const [outcome] = each.children;
    return [each.attributes['name'] ?? '', outcome?.name ?? 'passed', outcome?.attributes['message'] ?? ''];
  });
}

function find(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...find(child, name)]);
}

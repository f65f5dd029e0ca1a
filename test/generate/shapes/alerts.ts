/** The classic surfaces: one alert of the account in the five shapes in which it can be exported. */
import { sid } from '../ids.ts';
import { type Entry, isoTime, timeOf, type World } from '../world.ts';
import { ndjson } from './json.ts';
import { table } from './tables.ts';

export type Alert = {
  readonly sid: string;
  readonly accountSid: string;
  readonly time: number;
  readonly errorCode: string;
  readonly logLevel: 'error' | 'warning' | 'notice' | 'debug';
  readonly alertText: string;
  readonly resourceSid: string;
  readonly requestUrl: string;
};

/** An alert at the present moment. Its resource is a classic SID: the alerts API takes no other. */
export function alert(
  world: World,
  options: { readonly errorCode: string; readonly alertText: string; readonly logLevel?: Alert['logLevel'] },
): Alert {
  return {
    sid: sid(world.random, 'NO'),
    accountSid: world.accountId,
    time: world.now,
    errorCode: options.errorCode,
    logLevel: options.logLevel ?? 'warning',
    alertText: options.alertText,
    resourceSid: sid(world.random, 'SM'),
    requestUrl: 'https://desk.example/callbacks',
  };
}

/** A page of `GET /v1/Alerts`, the last one. */
export function alertsPage(alerts: readonly Alert[]): string {
  const url = 'https://monitor.twilio.com/v1/Alerts?PageSize=50&Page=0';
  const page = {
    alerts: alerts.map((one) => ({
      account_sid: one.accountSid,
      alert_text: one.alertText,
      api_version: '2010-04-01',
      date_created: isoSeconds(one.time),
      date_generated: isoSeconds(one.time),
      date_updated: isoSeconds(one.time),
      error_code: one.errorCode,
      log_level: one.logLevel,
      more_info: moreInfo(one),
      request_method: 'POST',
      request_url: one.requestUrl,
      resource_sid: one.resourceSid,
      sid: one.sid,
      url: `https://monitor.twilio.com/v1/Alerts/${one.sid}`,
      service_sid: null,
    })),
    meta: {
      first_page_url: url,
      key: 'alerts',
      next_page_url: null,
      page: 0,
      page_size: 50,
      previous_page_url: null,
      url,
    },
  };
  return `${JSON.stringify(page, null, 2)}\n`;
}

/** `twilio debugger:logs:list -o json`. */
export function cliJson(alerts: readonly Alert[]): string {
  const rows = alerts.map((one) => ({
    accountSid: one.accountSid,
    alertText: one.alertText,
    apiVersion: '2010-04-01',
    dateCreated: `${isoSeconds(one.time).slice(0, 19)}.000Z`,
    dateGenerated: `${isoSeconds(one.time).slice(0, 19)}.000Z`,
    dateUpdated: `${isoSeconds(one.time).slice(0, 19)}.000Z`,
    errorCode: one.errorCode,
    logLevel: one.logLevel,
    moreInfo: moreInfo(one),
    requestMethod: 'POST',
    requestUrl: one.requestUrl,
    resourceSid: one.resourceSid,
    sid: one.sid,
    url: `https://monitor.twilio.com/v1/Alerts/${one.sid}`,
    serviceSid: null,
  }));
  return `${JSON.stringify(rows, null, 2)}\n`;
}

/** The same with `--streaming`: one array after another, which together are no JSON document. */
export function cliStreamedJson(fetches: readonly (readonly Alert[])[]): string {
  return fetches.map(cliJson).join('');
}

/** `twilio debugger:logs:list -o tsv` with its default columns. */
export function cliTsv(alerts: readonly Alert[], offsetHours = 0): string {
  const header = ['dateCreated', 'logLevel', 'errorCode', 'alertText'];
  return table(
    [header, ...alerts.map((one) => [cliDate(one.time, offsetHours), one.logLevel, one.errorCode, one.alertText])],
    '\t',
  );
}

/** `May 24 2019 11:43:11 GMT-0600` */
function cliDate(time: number, offsetHours: number): string {
  const [, day, month, year, clock] = new Date(time + offsetHours * 3_600_000).toUTCString().split(' ');
  const sign = offsetHours < 0 ? '-' : '+';
  return `${month} ${day} ${year} ${clock} GMT${sign}${String(Math.abs(offsetHours)).padStart(2, '0')}00`;
}

/** Bodies of Debugger webhook requests, one form a line. */
export function webhookForms(alerts: readonly Alert[]): string {
  const forms = alerts.map((one) =>
    new URLSearchParams({
      Sid: one.sid,
      AccountSid: one.accountSid,
      Timestamp: isoTime(one.time),
      Level: one.logLevel === 'error' ? 'Error' : 'Warning',
      PayloadType: 'application/json',
      Payload: JSON.stringify({
        resource_sid: one.resourceSid,
        service_sid: null,
        error_code: one.errorCode,
        more_info: { Msg: one.alertText },
        webhook: {
          type: 'application/json',
          request: { url: one.requestUrl, method: 'POST', headers: {}, parameters: {} },
          response: { status_code: 500, headers: {}, body: '' },
        },
      }),
    }).toString(),
  );
  return `${forms.join('\n')}\n`;
}

/** Event Streams: one CloudEvent. A sink may also get several as an array. */
export function cloudEvent(one: Alert): Readonly<Record<string, unknown>> {
  return {
    specversion: '1.0',
    type: 'com.twilio.error-logs.error.logged',
    source: one.accountSid,
    id: one.sid,
    dataschema: 'https://events-schemas.twilio.com/ErrorLogs.Error/2',
    datacontenttype: 'application/json',
    time: isoTime(one.time),
    data: {
      sid: one.sid,
      account_sid: one.accountSid,
      date_created: isoTime(one.time),
      level: one.logLevel.toUpperCase(),
      product_name: 'Programmable Messaging',
      error_code: one.errorCode,
      payload: JSON.stringify({ error_code: Number(one.errorCode), message: one.alertText }),
    },
  };
}

/** One CloudEvent a line. */
/** A log entry as Event Streams delivers it. */
export function streamedEntry(accountSid: string, entry: Entry): Readonly<Record<string, unknown>> {
  return {
    specversion: '1.0',
    type: entry.eventType,
    source: accountSid,
    id: entry.logId,
    datacontenttype: 'application/json',
    time: isoTime(timeOf(entry)),
    data: entry,
  };
}

export function cloudEvents(alerts: readonly Alert[]): string {
  return ndjson(alerts.map(cloudEvent));
}

function moreInfo(one: Alert): string {
  return `https://www.twilio.com/docs/errors/${one.errorCode}`;
}

function isoSeconds(time: number): string {
  return `${isoTime(time).slice(0, 19)}Z`;
}

// What the page shows. Every text of a server is set as text, never as HTML.

const $ = id => document.getElementById(id);

/** Shows the name of the connection wherever the page names it. */
export function connectionIs(name) {
  for (const place of document.querySelectorAll('[data-connection]')) place.textContent = name;
}

/** Makes a button for each organisation, and one for none. */
export function organizationsAre(names, choose) {
  const choices = names.length ? [...names, null] : [];
  $('organizations').replaceChildren(...choices.map(name => {
    const button = element('button', name ?? 'No organization');
    button.dataset.organization = name ?? '';
    button.addEventListener('click', () => choose(name));
    return button;
  }));
}

/** Shows the user, or the welcome if nobody is signed in. */
export function userIs(user, claims) {
  $('loading').hidden = true;
  $('welcome').hidden = Boolean(user);
  $('app').hidden = !user;
  $('sign-out').hidden = !user;
  $('who').hidden = !user;
  if (!user) return;
  const name = user.name ?? user.sub;
  const organization = claims?.org_name ?? claims?.org_id ?? '';
  $('who').textContent = organization ? `${name} · ${organization}` : name;
  $('name').textContent = name;
  $('initials').textContent = name.split(/\s+/).map(word => word[0]).join('').slice(0, 2).toUpperCase();
  $('email').textContent = user.email ?? '';
  $('subject').textContent = user.sub;
  $('organization').textContent = organization || 'none';
  for (const button of $('organizations').children) {
    button.setAttribute('aria-pressed', String(button.dataset.organization === organization));
  }
}

/** Shows what the access token is like. */
export function tokenIs({ token_type: type, expires_in: seconds, scope }) {
  $('token').textContent = `${type}, good for ${duration(seconds)}: ${scope ?? 'no scope'}`;
}

/** Shows the answer of an API as JSON. */
export function answerIs(card, body) {
  const answer = $(`${card}-answer`);
  answer.hidden = body === undefined;
  answer.textContent = body === undefined ? '' : JSON.stringify(body, null, 2);
}

/** Shows the events of the third party: those of the example, or those of Google Calendar. */
export function eventsAre(body) {
  const events = (body.events ?? body.items ?? []).map(event => ({
    at: event.at ?? event.start?.dateTime ?? event.start?.date ?? '',
    title: event.title ?? event.summary ?? 'busy',
  }));
  $('events').replaceChildren(...events.map(({ at, title }) => {
    const item = document.createElement('li');
    item.append(element('time', at), element('span', title));
    return item;
  }));
}

/** Lists the connected accounts, each with a button. */
export function accountsAre(accounts, disconnect) {
  $('accounts').replaceChildren(...accounts.map(account => {
    const item = document.createElement('li');
    const scopes = account.scopes?.length ? `: ${account.scopes.join(', ')}` : '';
    const button = element('button', 'Disconnect');
    button.setAttribute('aria-label', `Disconnect ${account.connection}`);
    button.addEventListener('click', () => disconnect(account));
    item.append(element('span', `Connected to ${account.connection}${scopes}`), button);
    return item;
  }));
}

/** Tells the user something, good or bad. */
export function say(text, isBad = false) {
  $('message').textContent = text ?? '';
  $('message').hidden = !text;
  $('message').classList.toggle('bad', isBad);
}

/** Adds a request to the table, the newest first. */
export function requestWas({ method, url, token, status, reason }) {
  const row = document.createElement('tr');
  const badge = element('span', String(status));
  badge.className = status < 400 ? 'badge' : 'badge bad';
  const answer = document.createElement('td');
  answer.append(badge);
  const path = element('td', '');
  path.append(element('code', `${method} ${new URL(url).pathname}`));
  row.append(path, element('td', token), answer, element('td', reason));
  row.dataset.status = status;
  row.dataset.reason = reason;
  row.dataset.path = new URL(url).pathname;
  row.dataset.token = token;
  $('requests').tBodies[0].prepend(row);
  $('requests').hidden = false;
  $('no-requests').hidden = true;
}

/** Asks whether the page may open a popup for more scopes. A click is what lets the browser open one. */
export function askForScopes(scopes) {
  const dialog = $('scopes');
  $('scopes-wanted').textContent = scopes;
  dialog.returnValue = 'cancel';
  dialog.showModal();
  return new Promise(done => {
    dialog.addEventListener('close', () => done(dialog.returnValue === 'allow'), { once: true });
  });
}

/** Runs an action for each click on a button, one at a time, and says what went wrong. */
export function onClick(button, action) {
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    say();
    try {
      await action();
    } catch (error) {
      say(error.error_description ?? error.detail ?? error.message, true);
    } finally {
      button.removeAttribute('aria-busy');
    }
  });
}

const duration = seconds => seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

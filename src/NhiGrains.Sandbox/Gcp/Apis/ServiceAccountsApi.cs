using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>Service accounts of IAM v1.</summary>
internal sealed partial class ServiceAccountsApi(Workings workings)
{
    /// <summary>How long a deleted account can be restored.</summary>
    internal static readonly TimeSpan RestorableFor = TimeSpan.FromDays(30);

    private const string One = "v1/projects/{project}/serviceAccounts/{account}";

    private readonly AccountFinder _find = new(workings);

    public void AddTo(Routes routes)
    {
        routes.Add("POST v1/projects/{project}/serviceAccounts", Create);
        routes.Add("GET v1/projects/{project}/serviceAccounts", List);
        routes.Add($"GET {One}", call => ToJson(_find.Allowed(call, "iam.serviceAccounts.get")));
        routes.Add($"PATCH {One}", Patch);
        routes.Add($"PUT {One}", Update);
        routes.Add($"DELETE {One}", Delete);
        routes.Add($"POST {One}:undelete", Undelete);
        routes.Add($"POST {One}:disable", call => Switch(call, "iam.serviceAccounts.disable", off: true));
        routes.Add($"POST {One}:enable", call => Switch(call, "iam.serviceAccounts.enable", off: false));
    }

    private JsonObject ToJson(ServiceAccount account)
    {
        var json = new JsonObject
        {
            ["name"] = $"projects/{workings.Project}/serviceAccounts/{account.Email}",
            ["projectId"] = workings.Project,
            ["uniqueId"] = account.UniqueId,
            ["email"] = account.Email,
            ["etag"] = "MDEwMjE5MjA=", // It is deprecated, and always this one.
            ["oauth2ClientId"] = account.UniqueId,
        };
        if (account.DisplayName.Length > 0)
            json["displayName"] = account.DisplayName;
        if (account.Description.Length > 0)
            json["description"] = account.Description;
        if (account.Disabled)
            json["disabled"] = true;
        return json;
    }

    private Answer Create(Call call)
    {
        workings.CheckProject(call, "iam.serviceAccounts.create");
        workings.Demand(call, "iam.serviceAccounts.create", workings.Targets.Project);
        call.Body.Only("accountId", "serviceAccount");
        var id = call.Body.Needed("accountId");
        if (!AccountId().IsMatch(id))
        {
            throw GoogleError.Invalid(
                $"Invalid service account ID {id}: it has 6 to 30 lower case letters, digits and dashes, and begins with a letter.", "account_id");
        }

        var given = call.Body.Object("serviceAccount") ?? [];
        var email = $"{id}@{workings.Project}.iam.gserviceaccount.com";
        var account = Described(
            new(NewUniqueId(), email, "", "", Disabled: false, DeletedAt: null, NoKeys), given, name: true, description: true);
        return workings.State.Write(state =>
        {
            if (state.AccountIds.ContainsKey(account.Email))
                throw GoogleError.Exists($"Service account {id} already exists within project projects/{workings.Project}.");
            if (state.Emails.Count >= workings.Quotas.ServiceAccounts)
                throw GoogleError.Exhausted("Maximum number of service accounts on project reached.");
            return (Live(state, account), (Answer)ToJson(account));
        });
    }

    private Answer List(Call call)
    {
        workings.CheckProject(call, "iam.serviceAccounts.list");
        workings.Demand(call, "iam.serviceAccounts.list", workings.Targets.Project);
        var size = call.AskNumber("pageSize") ?? 0;
        if (size < 0)
            throw GoogleError.Invalid("The page size must not be negative.", "page_size");
        var state = workings.State.Visible;
        var (emails, next) = Paging.Page(state.Emails, call.Ask("pageToken"), size == 0 ? 20 : Math.Min(size, 100), workings.Faults.Plan.PageSize);
        var json = new JsonObject();
        if (emails.Count > 0)
            json["accounts"] = new JsonArray([.. emails.Select(email => ToJson(state.Accounts[state.AccountIds[email]]))]);
        if (next is not null)
            json["nextPageToken"] = next;
        return json;
    }

    private Answer Patch(Call call)
    {
        var id = _find.Allowed(call, "iam.serviceAccounts.update").UniqueId;
        call.Body.Only("serviceAccount", "updateMask");
        var mask = (call.Body.Text("updateMask") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (mask.Length == 0)
            throw GoogleError.Invalid("The update mask must not be empty.", "update_mask");
        if (Array.Find(mask, path => path is not ("displayName" or "display_name" or "description")) is { } unknown)
            throw GoogleError.Invalid($"The field {unknown} of a service account cannot be updated.", "update_mask");
        var given = call.Body.Object("serviceAccount") ?? [];
        return Change(id, account => Described(account, given, mask.Any(path => path is not "description"), mask.Contains("description")));
    }

    private Answer Update(Call call)
    {
        var id = _find.Allowed(call, "iam.serviceAccounts.update").UniqueId;
        return Change(id, account => Described(account, call.Body, name: true, description: true));
    }

    private Answer Switch(Call call, string permission, bool off)
    {
        var id = _find.Allowed(call, permission).UniqueId;
        Change(id, account => account with { Disabled = off });
        return new JsonObject();
    }

    private Answer Delete(Call call)
    {
        var id = _find.Allowed(call, "iam.serviceAccounts.delete").UniqueId;
        return workings.State.Write(state =>
        {
            var account = Living(state, id) with { DeletedAt = workings.Now };
            return (state.With(account) with
            {
                AccountIds = state.AccountIds.Remove(account.Email),
                Emails = state.Emails.Remove(account.Email),
                Writes = state.Writes + 1,
            }, (Answer)new JsonObject());
        });
    }

    private Answer Undelete(Call call)
    {
        workings.Demand(call, "iam.serviceAccounts.undelete", workings.Targets.Project);
        var id = call.Path["account"];
        return workings.State.Write(state =>
        {
            if (!state.Accounts.TryGetValue(id, out var account) || account.DeletedAt is not { } deleted || deleted + RestorableFor < workings.Now)
                throw GoogleError.NotFound($"Service account {id} does not exist, or was not deleted in the last 30 days.");
            if (state.AccountIds.ContainsKey(account.Email))
                throw GoogleError.Precondition($"There is another service account with the email {account.Email} now.");
            account = account with { DeletedAt = null };
            return (Live(state, account), (Answer)new JsonObject { ["restoredAccount"] = ToJson(account) });
        });
    }

    private Answer Change(string id, Func<ServiceAccount, ServiceAccount> change) => workings.State.Write(state =>
    {
        var account = change(Living(state, id));
        return (state.With(account) with { Writes = state.Writes + 1 }, (Answer)ToJson(account));
    });

    private static ServiceAccount Living(ProjectState state, string id) =>
        state.Accounts.TryGetValue(id, out var account) && account.DeletedAt is null
            ? account
            : throw GoogleError.NotFound("Unknown service account");

    private static ProjectState Live(ProjectState state, ServiceAccount account) => state.With(account) with
    {
        AccountIds = state.AccountIds.SetItem(account.Email, account.UniqueId),
        Emails = state.Emails.Add(account.Email),
        Writes = state.Writes + 1,
    };

    private static ServiceAccount Described(ServiceAccount account, JsonObject given, bool name, bool description)
    {
        var (shown, text) = (given.Text("displayName") ?? "", given.Text("description") ?? "");
        if (name && Encoding.UTF8.GetByteCount(shown) > 100)
            throw GoogleError.Invalid("The display name must have at most 100 bytes.", "service_account.display_name");
        if (description && Encoding.UTF8.GetByteCount(text) > 256)
            throw GoogleError.Invalid("The description must have at most 256 bytes.", "service_account.description");
        return account with { DisplayName = name ? shown : account.DisplayName, Description = description ? text : account.Description };
    }

    private static ImmutableSortedDictionary<string, AccountKey> NoKeys =>
        ImmutableSortedDictionary.Create<string, AccountKey>(StringComparer.Ordinal);

    /// <summary>21 digits, as Google's have.</summary>
    private static string NewUniqueId() => $"1{RandomNumberGenerator.GetString("0123456789", 20)}";

    [GeneratedRegex("^[a-z][-a-z0-9]{4,28}[a-z0-9]$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex AccountId();
}

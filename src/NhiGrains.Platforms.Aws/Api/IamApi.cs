using System.Globalization;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using NhiGrains.Platforms.Aws.Objects;

namespace NhiGrains.Platforms.Aws.Api;

/// <summary>IAM and STS over the Query protocol.</summary>
internal sealed class IamApi(AwsTransport transport, OwnTags ownTags, Fence? fence = null) : IIamApi, IIamWrites
{
    private const int MaxPages = 10_000;

    // The most that IAM gives; its own choice is 100.
    private const string LongestPage = "1000";

    public IIamWrites Under(Fence fence) => new IamApi(transport, ownTags, fence);

    public async Task<CallerIdentity> GetCallerIdentityAsync(CancellationToken cancellation) => Read("GetCallerIdentity",
        await transport.StsAsync("GetCallerIdentity", "ourselves", [], fence: null, cancellation), result => new CallerIdentity(result.Text("Account"), result.Text("Arn")));

    public async Task<IamPrincipal?> FindAsync(PrincipalName name, CancellationToken cancellation) =>
        await FindAsync($"Get{name.Kind}", name, [NameOf(name)], result => ownTags.Over(Answers.Principal(Only(result, $"{name.Kind}"), name.Kind)), cancellation);

    public async Task<IamPrincipal> CreateAsync(
        PrincipalName name, string path, IReadOnlyDictionary<string, string> tags, string? trustPolicy, CancellationToken cancellation)
    {
        var action = $"Create{name.Kind}";
        List<(string, string)> parameters = [NameOf(name), ("Path", path)];
        if (trustPolicy is not null)
            parameters.Add(("AssumeRolePolicyDocument", trustPolicy));
        parameters.AddRange(tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).SelectMany((tag, i) => Tag(tag.Key, tag.Value, i + 1)));
        var answer = await transport.WriteAsync(action, name.ToString(), parameters, fence, cancellation);
        // What a service leaves out of the answer to a creation is what it was given.
        return Read(action, answer, result => Answers.Principal(Only(result, $"{name.Kind}"), name.Kind)) with { Tags = tags };
    }

    public async Task DeleteAsync(PrincipalName name, CancellationToken cancellation)
    {
        await GoneAsync(WriteAsync("Delete", "", name, [], cancellation));
        ownTags.Forget(name);
    }

    public Task UpdateAssumeRolePolicyAsync(PrincipalName role, string document, CancellationToken cancellation) =>
        transport.WriteAsync("UpdateAssumeRolePolicy", role.ToString(), [NameOf(role), ("PolicyDocument", document)], fence, cancellation);

    public async Task TagAsync(PrincipalName name, string key, string value, CancellationToken cancellation)
    {
        await WriteAsync("Tag", "", name, Tag(key, value, 1), cancellation);
        ownTags.Wrote(name, key, value);
    }

    public async Task UntagAsync(PrincipalName name, string key, CancellationToken cancellation)
    {
        await GoneAsync(WriteAsync("Untag", "", name, [("TagKeys.member.1", key)], cancellation));
        ownTags.Wrote(name, key, null);
    }

    public Task<IReadOnlyList<string>> ListPoliciesAsync(PrincipalName name, CancellationToken cancellation) =>
        ListAsync($"List{name.Kind}Policies", name, "PolicyNames", member => member.Value, cancellation);

    public Task<InlinePolicy?> FindPolicyAsync(PrincipalName name, string policyName, CancellationToken cancellation) =>
        FindAsync($"Get{name.Kind}Policy", name, [NameOf(name), ("PolicyName", policyName)], Answers.Policy, cancellation);

    public Task PutPolicyAsync(PrincipalName name, string policyName, string document, CancellationToken cancellation) =>
        WriteAsync("Put", "Policy", name, [("PolicyName", policyName), ("PolicyDocument", document)], cancellation);

    public Task DeletePolicyAsync(PrincipalName name, string policyName, CancellationToken cancellation) =>
        GoneAsync(WriteAsync("Delete", "Policy", name, [("PolicyName", policyName)], cancellation));

    public Task<IReadOnlyList<string>> ListAttachedPoliciesAsync(PrincipalName name, CancellationToken cancellation) =>
        ListAsync($"ListAttached{name.Kind}Policies", name, "AttachedPolicies", member => member.Text("PolicyArn"), cancellation);

    public Task DetachPolicyAsync(PrincipalName name, string arn, CancellationToken cancellation) =>
        GoneAsync(WriteAsync("Detach", "Policy", name, [("PolicyArn", arn)], cancellation));

    public async Task<ManagedPolicy> GetPolicyAsync(string arn, CancellationToken cancellation)
    {
        var version = Read("GetPolicy", await transport.ReadAsync("GetPolicy", arn, [("PolicyArn", arn)], cancellation),
            result => Only(result, "Policy").Text("DefaultVersionId"));
        var answer = await transport.ReadAsync("GetPolicyVersion", arn, [("PolicyArn", arn), ("VersionId", version)], cancellation);
        return new(arn, Read("GetPolicyVersion", answer, result => Answers.Document(Only(result, "PolicyVersion").Text("Document"))));
    }

    public Task<IReadOnlyList<string>> ListGroupsForUserAsync(PrincipalName user, CancellationToken cancellation) =>
        ListAsync("ListGroupsForUser", user, "Groups", member => member.Text("GroupName"), cancellation);

    public IAsyncEnumerable<AuthorizationDetails> GetAccountAuthorizationDetailsAsync(IReadOnlyList<string> filter, bool background, CancellationToken cancellation) =>
        PagesAsync("GetAccountAuthorizationDetails", "the account", filter.Select((one, i) => ($"Filter.member.{i + 1}", one)).Append(("MaxItems", LongestPage)), page => new AuthorizationDetails(
            [.. page.Members("RoleDetailList").Select(role => Answers.Detail(role, PrincipalKind.Role)), .. page.Members("UserDetailList").Select(user => Answers.Detail(user, PrincipalKind.User))],
            [.. page.Members("GroupDetailList").Select(Answers.Group)],
            [.. page.MembersIfAny("Policies").Select(Answers.Managed)]), cancellation, background);

    public async Task<IReadOnlyList<EvaluationResult>> SimulatePrincipalPolicyAsync(
        string principalArn, IReadOnlyList<string> actions, IReadOnlyList<string> resources, IReadOnlyList<ContextEntry> context, CancellationToken cancellation)
    {
        var parameters = actions.Select((action, i) => ($"ActionNames.member.{i + 1}", action))
            .Concat(resources.Select((resource, i) => ($"ResourceArns.member.{i + 1}", resource)))
            .Concat(context.SelectMany((entry, i) => ((string, string)[])
            [
                ($"ContextEntries.member.{i + 1}.ContextKeyName", entry.Name),
                ($"ContextEntries.member.{i + 1}.ContextKeyType", entry.Type),
                .. entry.Values.Select((value, j) => ($"ContextEntries.member.{i + 1}.ContextKeyValues.member.{j + 1}", value)),
            ]))
            .Prepend(("PolicySourceArn", principalArn));
        var results = new List<EvaluationResult>();
        await foreach (var page in PagesAsync("SimulatePrincipalPolicy", principalArn, parameters, page => page.Members("EvaluationResults").ToArray(), cancellation))
            results.AddRange(page.SelectMany(Answers.Evaluated));
        return results;
    }

    public Task<IReadOnlyList<AccessKey>> ListAccessKeysAsync(PrincipalName user, CancellationToken cancellation) =>
        ListAsync("ListAccessKeys", user, "AccessKeyMetadata", member => new AccessKey(member.Text("AccessKeyId"), member.Text("Status") == "Active", member.Time("CreateDate")), cancellation);

    public async Task<SecretKey> CreateAccessKeyAsync(PrincipalName user, CancellationToken cancellation) => Read("CreateAccessKey",
        await transport.WriteAsync("CreateAccessKey", user.ToString(), [NameOf(user)], fence, cancellation), result => Answers.Secret(Only(result, "AccessKey")));

    public Task<bool> DeactivateAccessKeyAsync(PrincipalName user, string keyId, CancellationToken cancellation) =>
        GoneAsync(transport.WriteAsync("UpdateAccessKey", user.ToString(), [NameOf(user), ("AccessKeyId", keyId), ("Status", "Inactive")], fence, cancellation));

    public Task DeleteAccessKeyAsync(PrincipalName user, string keyId, CancellationToken cancellation) =>
        GoneAsync(transport.WriteAsync("DeleteAccessKey", user.ToString(), [NameOf(user), ("AccessKeyId", keyId)], fence, cancellation));

    public async Task<SecretKey> AssumeRoleAsync(string roleArn, string sessionName, TimeSpan duration, CancellationToken cancellation)
    {
        var seconds = ((int)duration.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var answer = await transport.StsAsync("AssumeRole", roleArn, [("RoleArn", roleArn), ("RoleSessionName", sessionName), ("DurationSeconds", seconds)], fence, cancellation);
        return Read("AssumeRole", answer, result => Answers.Secret(Only(result, "Credentials")));
    }

    public long Calls => transport.Calls;

    public void Dispose() => transport.Dispose();

    private Task<XElement> WriteAsync(string verb, string what, PrincipalName name, IEnumerable<(string, string)> parameters, CancellationToken cancellation) =>
        transport.WriteAsync($"{verb}{name.Kind}{what}", name.ToString(), parameters.Prepend(NameOf(name)), fence, cancellation);

    private async Task<T?> FindAsync<T>(
        string action, PrincipalName of, IEnumerable<(string, string)> parameters, Func<XElement, T> read, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return Read(action, await transport.ReadAsync(action, of.ToString(), parameters, cancellation), read);
        }
        catch (PlatformException absent) when (absent.Error == PlatformError.NotFound)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<T>> ListAsync<T>(string action, PrincipalName of, string list, Func<XElement, T> read, CancellationToken cancellation)
    {
        var all = new List<T>();
        await foreach (var page in PagesAsync(action, of.ToString(), [NameOf(of)], page => page.Members(list).Select(read).ToArray(), cancellation))
            all.AddRange(page);
        return all;
    }

    private async IAsyncEnumerable<T> PagesAsync<T>(
        string action, string of, IEnumerable<(string, string)> parameters, Func<XElement, T> read, [EnumeratorCancellation] CancellationToken cancellation,
        bool background = false)
    {
        string? marker = null;
        for (var pages = 0; pages < MaxPages; pages++)
        {
            var answer = await transport.ReadAsync(action, of, marker is null ? parameters : parameters.Append(("Marker", marker)), cancellation, background);
            var (page, next) = Read(action, answer, result => (read(result), result.Any("IsTruncated") is not null && result.Flag("IsTruncated") ? result.Text("Marker") : null));
            yield return page;
            if (next is null)
                yield break;
            if (next == marker)
                break;
            marker = next;
        }

        throw AwsFailures.Unavailable($"{action} of {of}", "its pages have no end", null);
    }

    /// <summary>Succeeds when it is gone already.</summary>
    /// <returns>Whether it was still there.</returns>
    private static async Task<bool> GoneAsync(Task removing)
    {
        try
        {
            await removing;
            return true;
        }
        catch (PlatformException absent) when (absent.Error == PlatformError.NotFound)
        {
            // That is what was wanted.
            return false;
        }
    }

    private static T Read<T>(string action, XElement answer, Func<XElement, T> read)
    {
        try
        {
            return read(Answers.Result(answer, action));
        }
        catch (Exception unreadable) when (unreadable is UnreadableAnswerException or ArgumentException or UriFormatException)
        {
            throw AwsFailures.Unavailable(action, "the answer lacks something that AWS always sends", null);
        }
    }

    private static XElement Only(XElement of, string name) => of.Any(name) ?? throw new UnreadableAnswerException();

    private static (string, string) NameOf(PrincipalName name) => ($"{name.Kind}Name", name.Name);

    private static (string, string)[] Tag(string key, string value, int number) => [($"Tags.member.{number}.Key", key), ($"Tags.member.{number}.Value", value)];
}

using System.Collections.Concurrent;
using System.Threading.Channels;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.TestKit.Memory;

/// <summary>
/// A platform in memory: principals, the objects that give them access, an authorizer and credentials. It outlives the silos
/// that use it through a <see cref="MemoryConnector"/>, can be changed behind their backs, counts, and fails on demand.
/// </summary>
public sealed class MemoryPlatform
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, MemoryAccount> _accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Channel<PlatformChange>, bool> _watchers = new();
    private int _created;
    private int _issued;
    private bool _quiet;

    /// <summary>Called before each operation of a connector with its name and principal; throws to make it fail.</summary>
    public Action<string, string>? Before { get; set; }

    /// <summary>Called after an apply was done; throws to lose its answer.</summary>
    public Action<string, string>? After { get; set; }

    /// <summary>What keeps a principal from being deleted although no read shows it, as a table that it owns would; null: nothing does.</summary>
    public Func<string, string?>? KeptBy { get; set; }

    /// <summary>Reads are behind: which credentials there are is not seen, and only one that is named can be ended.</summary>
    public bool HidesCredentials { get; set; }

    /// <summary>How many objects were written or deleted, by enforcement alone.</summary>
    public int Writes { get; private set; }

    /// <summary>What a principal has, whoever gave it.</summary>
    public IReadOnlyList<string> KeysOf(string principal) =>
        Locked(() => Find(principal)?.Objects.Keys.Order(StringComparer.Ordinal).ToArray() ?? []);

    public bool Exists(string principal) => Locked(() => Find(principal) is not null);

    public bool HasCredential(string principal, string grantId) => Locked(() => Find(principal)?.Credentials.ContainsValue(grantId) == true);

    /// <summary>How many principals have anything.</summary>
    public int CountWithAccess() => Locked(() => _accounts.Values.Count(account => account.Objects.Count > 0));

    /// <summary>The authorizer: whether any object of the principal, whoever wrote it, gives this.</summary>
    public bool Allows(string principal, Verb verb, ResourceSelector resource) =>
        Locked(() => Find(principal)?.Objects.Values.Any(held => MemoryPermissions.Give(held.Body, verb, resource)) == true);

    /// <summary>Whose credential it is; null when it is not accepted.</summary>
    public string? Authenticate(string secret) =>
        Locked(() => _accounts.Where(account => account.Value.Credentials.ContainsKey(secret)).Select(account => account.Key).FirstOrDefault());

    /// <summary>Changes a principal behind the controller's back: null deletes the object.</summary>
    public void Tamper(string principal, string key, string? body) => Change(principal, () =>
    {
        var objects = FindOrCreate(principal).Objects;
        if (body is null)
            objects.Remove(key);
        else
            objects[key] = new(body, objects.GetValueOrDefault(key)?.IdentityId, objects.GetValueOrDefault(key)?.Generation);
    });

    /// <summary>Changes something without telling those who watch, as when a watch was interrupted.</summary>
    public void Quietly(Action change)
    {
        _quiet = true;
        change();
        _quiet = false;
    }

    /// <summary>An object with an identity's marker, as a writer of some generation would have left it.</summary>
    public void Plant(string principal, string key, string identityId, long generation, string? body = null) =>
        Locked(() => FindOrCreate(principal).Objects[key] = new(body ?? key, identityId, generation));

    /// <summary>Deletes a principal and creates another one of the same name.</summary>
    public void Recreate(string principal) => Change(principal, () =>
    {
        _accounts.Remove(principal);
        FindOrCreate(principal);
    });

    /// <summary>The same on a platform where what gives access is found by the principal's name, and stays when that is deleted.</summary>
    public void RecreateUnderItsAccess(string principal) => Change(principal, () =>
    {
        var objects = FindOrCreate(principal).Objects;
        _accounts.Remove(principal);
        foreach (var (key, held) in objects)
            FindOrCreate(principal).Objects[key] = held;
    });

    internal MemoryAccount? Read(string principal) => Locked(() => Find(principal)?.Copy());

    internal IReadOnlyDictionary<string, MemoryAccount> ReadAll() =>
        Locked(() => _accounts.ToDictionary(account => account.Key, account => account.Value.Copy(), StringComparer.Ordinal));

    internal string Create(string principal) => Locked(() => FindOrCreate(principal).NativeId);

    /// <returns>Whether it is gone: what others put on it keeps it.</returns>
    internal bool Delete(string principal)
    {
        if (KeptBy?.Invoke(principal) is { } why)
            throw new PlatformException(PlatformError.Rejected, $"'{principal}' {why}.");
        Change(principal, () =>
        {
            if (Find(principal) is { Objects.Count: 0 })
                _accounts.Remove(principal);
        });
        return !Exists(principal);
    }

    /// <param name="next">Null deletes the object.</param>
    /// <param name="writer">Who writes, at which generation: the platform refuses one that is behind, or what is not the writer's.</param>
    internal void Write(string principal, string key, MemoryObject? next, (string IdentityId, long Generation) writer) => Change(principal, () =>
    {
        var objects = (Find(principal) ?? throw new PlatformException(PlatformError.NotFound, $"There is no '{principal}'.")).Objects;
        if (objects.TryGetValue(key, out var held) && held.IdentityId != writer.IdentityId)
            throw new PlatformException(PlatformError.Rejected, $"'{key}' exists and is not ours.");
        if (held?.Generation > writer.Generation)
            throw new PlatformException(PlatformError.Fenced, $"'{key}' carries a newer generation.");
        Writes++;
        if (next is null)
            objects.Remove(key);
        else
            objects[key] = next;
    });

    /// <summary>Deletes an object if it is as it was shown.</summary>
    internal void Remove(string principal, string key, string asShown) => Change(principal, () =>
    {
        if (Find(principal)?.Objects.TryGetValue(key, out var held) != true)
            return;
        if (held?.Body != asShown)
            throw new PlatformException(PlatformError.Conflict, $"'{key}' is not as it was shown.");
        Find(principal)?.Objects.Remove(key);
    });

    internal string Issue(string principal, string grantId) => Locked(() =>
    {
        var account = Find(principal) ?? throw new PlatformException(PlatformError.NotFound, $"There is no '{principal}'.");
        var secret = $"secret-{++_issued}-of-{grantId}";
        account.Credentials[secret] = grantId;
        return secret;
    });

    internal void TakeBack(string principal, string secret) => Locked(() => Find(principal)?.Credentials.Remove(secret));

    /// <summary>Says of a credential which it is, and nothing that it could be used by.</summary>
    internal static string NumberOf(string secret) => secret.Split('-')[1];

    /// <param name="named">By <see cref="NumberOf"/>, those that are known without a look.</param>
    /// <returns>Whether there was one.</returns>
    internal bool EndCredentials(string principal, string grantId, string[] named) => Locked(() =>
    {
        var ending = Find(principal)?.Credentials
            .Where(issued => issued.Value == grantId && (!HidesCredentials || named.Contains(NumberOf(issued.Key))))
            .Select(issued => issued.Key).ToArray() ?? [];
        foreach (var secret in ending)
            Find(principal)?.Credentials.Remove(secret);
        return ending.Length > 0;
    });

    internal Channel<PlatformChange> Watch()
    {
        var mine = Channel.CreateUnbounded<PlatformChange>();
        _watchers[mine] = true;
        return mine;
    }

    internal void EndWatch(Channel<PlatformChange> watch) => _watchers.TryRemove(watch, out _);

    private void Change(string principal, Action change)
    {
        lock (_gate)
            change();
        foreach (var watcher in _quiet ? [] : _watchers.Keys)
            watcher.Writer.TryWrite(new(principal));
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
            return read();
    }

    private MemoryAccount? Find(string principal) => _accounts.GetValueOrDefault(principal);

    private MemoryAccount FindOrCreate(string principal) =>
        _accounts.TryGetValue(principal, out var account) ? account : _accounts[principal] = new($"native-{++_created}");
}

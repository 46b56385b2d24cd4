using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Havm.Core.Records;

/// <summary>
/// A map in key order that never changes: a change makes another one, which shares all pages with it but the one that
/// differs. Made for what every round walks from end to end, is looked up all the time and changes one by one: a walk
/// goes through arrays, and what two of them share need not be looked at to find where they differ.
/// </summary>
public sealed class SortedTable<TKey, TValue> : IReadOnlyDictionary<TKey, TValue>
    where TKey : struct, IComparable<TKey>
    where TValue : class
{
    /// <summary>
    /// A page that grows beyond this is cut in two. A change copies one page and the list of pages: about equally long
    /// for a thousand entries.
    /// </summary>
    private const int PageSize = 32;

    public static readonly SortedTable<TKey, TValue> Empty = new([], 0);

    /// <summary>In key order, none empty.</summary>
    private readonly KeyValuePair<TKey, TValue>[][] _pages;

    private SortedTable(KeyValuePair<TKey, TValue>[][] pages, int count)
    {
        _pages = pages;
        Count = count;
    }

    public int Count { get; }

    public bool IsEmpty => Count == 0;

    public IEnumerable<TKey> Keys
    {
        get
        {
            foreach (var page in _pages)
            {
                foreach (var item in page)
                {
                    yield return item.Key;
                }
            }
        }
    }

    public IEnumerable<TValue> Values
    {
        get
        {
            foreach (var page in _pages)
            {
                foreach (var item in page)
                {
                    yield return item.Value;
                }
            }
        }
    }

    public TValue this[TKey key] => GetValueOrDefault(key) ?? throw new KeyNotFoundException($"there is no {key}");

    public static SortedTable<TKey, TValue> Of(IEnumerable<KeyValuePair<TKey, TValue>> items)
    {
        var pages = items.OrderBy(item => item.Key).Chunk(PageSize).ToArray();
        return pages.Length == 0 ? Empty : new SortedTable<TKey, TValue>(pages, pages.Sum(page => page.Length));
    }

    public bool ContainsKey(TKey key) => Find(key).Found;

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        value = GetValueOrDefault(key);
        return value is not null;
    }

    public TValue? GetValueOrDefault(TKey key)
    {
        var (page, place, found) = Find(key);
        return found ? _pages[page][place].Value : null;
    }

    public TValue GetValueOrDefault(TKey key, TValue otherwise) => GetValueOrDefault(key) ?? otherwise;

    public SortedTable<TKey, TValue> SetItem(TKey key, TValue value)
    {
        var (page, place, found) = Find(key);
        if (_pages.Length == 0)
        {
            return new SortedTable<TKey, TValue>([[new(key, value)]], 1);
        }

        var old = _pages[page];
        if (!found)
        {
            return With(page, [.. old[..place], new(key, value), .. old[place..]], Count + 1);
        }

        if (ReferenceEquals(old[place].Value, value))
        {
            return this;
        }

        var next = old.AsSpan().ToArray();
        next[place] = new(key, value);
        return With(page, next, Count);
    }

    public SortedTable<TKey, TValue> SetItems(IEnumerable<KeyValuePair<TKey, TValue>> items) =>
        items.Aggregate(this, (table, item) => table.SetItem(item.Key, item.Value));

    public SortedTable<TKey, TValue> Remove(TKey key)
    {
        var (page, place, found) = Find(key);
        if (!found)
        {
            return this;
        }

        var old = _pages[page];
        return With(page, [.. old[..place], .. old[(place + 1)..]], Count - 1);
    }

    /// <summary>
    /// Keys whose value is another object than in an older table, or that only one of the two has; in key order.
    /// </summary>
    public IEnumerable<TKey> ChangedSince(SortedTable<TKey, TValue> older)
    {
        var (here, there) = (default(Place), default(Place));
        while (true)
        {
            while (here.IsAtPage(_pages) && there.IsAtPage(older._pages)
                && ReferenceEquals(_pages[here.Page], older._pages[there.Page]))
            {
                (here, there) = (here.NextPage, there.NextPage);
            }

            var (more, most) = (here.Page < _pages.Length, there.Page < older._pages.Length);
            if (!more && !most)
            {
                yield break;
            }

            var (now, then) = (more ? here.In(_pages) : default, most ? there.In(older._pages) : default);
            var order = !most ? -1 : !more ? 1 : now.Key.CompareTo(then.Key);
            if (order != 0 || !ReferenceEquals(now.Value, then.Value))
            {
                yield return order <= 0 ? now.Key : then.Key;
            }

            here = order <= 0 ? here.Next(_pages) : here;
            there = order >= 0 ? there.Next(older._pages) : there;
        }
    }

    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator()
    {
        foreach (var page in _pages)
        {
            foreach (var item in page)
            {
                yield return item;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private SortedTable<TKey, TValue> With(int page, KeyValuePair<TKey, TValue>[] next, int count)
    {
        if (next.Length is > 0 and <= PageSize)
        {
            var pages = _pages.AsSpan().ToArray();
            pages[page] = next;
            return new SortedTable<TKey, TValue>(pages, count);
        }

        KeyValuePair<TKey, TValue>[][] cut = next.Length == 0 ? [] : [next[..(PageSize / 2)], next[(PageSize / 2)..]];
        return new SortedTable<TKey, TValue>([.. _pages[..page], .. cut, .. _pages[(page + 1)..]], count);
    }

    /// <summary>Where a key is, or would have to be put.</summary>
    private (int Page, int Place, bool Found) Find(TKey key)
    {
        var (low, high) = (0, _pages.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            (low, high) = _pages[middle][0].Key.CompareTo(key) <= 0 ? (middle, high) : (low, middle - 1);
        }

        if (_pages.Length == 0)
        {
            return (0, 0, false);
        }

        var page = _pages[low];
        var (first, last) = (0, page.Length - 1);
        while (first <= last)
        {
            var middle = (first + last) >>> 1;
            var order = page[middle].Key.CompareTo(key);
            if (order == 0)
            {
                return (low, middle, true);
            }

            (first, last) = order < 0 ? (middle + 1, last) : (first, middle - 1);
        }

        return (low, first, false);
    }

    /// <summary>A place in a walk through pages.</summary>
    private readonly record struct Place(int Page, int Item)
    {
        public Place NextPage => new(Page + 1, 0);

        public bool IsAtPage(KeyValuePair<TKey, TValue>[][] pages) => Item == 0 && Page < pages.Length;

        public KeyValuePair<TKey, TValue> In(KeyValuePair<TKey, TValue>[][] pages) => pages[Page][Item];

        public Place Next(KeyValuePair<TKey, TValue>[][] pages) =>
            Item + 1 < pages[Page].Length ? new Place(Page, Item + 1) : NextPage;
    }
}

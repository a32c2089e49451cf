; Writes test.jepsen, with clojure.data.fressian as the writer of Fressian and the blocks as Jepsen lays them out.
; clojure -cp clojure.jar:fressian.jar:data.fressian.jar clojure.main make.clj
(require '[clojure.data.fressian :as fress] '[clojure.java.io :as io])
(import '(java.io ByteArrayOutputStream RandomAccessFile) '(java.nio ByteBuffer) '(java.util.zip CRC32)
        '(org.fressian.handlers WriteHandler))

(defrecord Op [index time type process f value])
(defrecord BlockRef [id])

(defn tagged [tag n write] {tag (reify WriteHandler (write [_ w x] (.writeTag w tag n) (write w x)))})

(def handlers
  (-> fress/clojure-write-handlers
      (assoc clojure.lang.PersistentHashSet (tagged "persistent-hash-set" 1 #(.writeObject %1 (seq %2)))
             clojure.lang.MapEntry (tagged "map-entry" 2 #(do (.writeObject %1 (key %2)) (.writeObject %1 (val %2))))
             BlockRef (tagged "block-ref" 1 #(.writeObject %1 (:id %2)))
             Op (tagged "jepsen.history.Op" 7
                        #(do (.writeInt %1 (:index %2)) (.writeInt %1 (:time %2))
                             (.writeObject %1 (:type %2) true) (.writeObject %1 (:process %2))
                             (.writeObject %1 (:f %2) true) (.writeObject %1 (:value %2))
                             (.writeObject %1 (not-empty (dissoc (into {} %2) :index :time :type :process :f :value))))))
      fress/associative-lookup fress/inheritance-lookup))

(defn fressian [& values]
  (let [out (ByteArrayOutputStream.) w (fress/create-writer out :handlers handlers)]
    (doseq [v values] (fress/write-object w v))
    (.toByteArray out)))

(defn block [kind data]
  (let [header (doto (ByteBuffer/allocate 28) (.putLong 0 (+ 28 (count data))) (.putShort 12 kind))
        crc (doto (CRC32.) (.update data) (.update (.array header)))]
    (.putInt header 8 (unchecked-int (.getValue crc)))
    (byte-array (concat (.array header) data))))

(defn numbers [& pairs]
  (let [buf (ByteBuffer/allocate 4096)]
    (doseq [[size n] (partition 2 pairs)] (if (= size 8) (.putLong buf n) (.putInt buf n)))
    (byte-array (take (.position buf) (.array buf)))))

(defn op [i type process f value & more] (merge (Op. i (* 1000 i) type process f value) (apply hash-map more)))

(def big-string (apply str (repeat 3000 "é😀x")))
(def first-chunk
  [(op 0 :invoke 0 :write 7) (op 1 :info :nemesis :start {:grudge #{"n1" "n2"}}) (op 2 :ok 0 :write 7)
   (op 3 :invoke 1 :read nil) (op 4 :ok 1 :read 7)])
(def second-chunk
  [(op 5 :invoke 1 :cas [1 2]) (op 6 :fail 1 :cas [1 2] :error [:not-found "x"])
   (op 7 :invoke 1 :txn [[:r :x nil] [:append 'y 123456789012]])
   (op 8 :ok 1 :txn [[:r :x [1 -2 70000 -5000000000 1/3 1.5 0.0 2.5M 12345678901234567890N true \c]] [:append 'y -1]])
   (op 9 :invoke 2 :write big-string) (op 10 :info 2 :write (clojure.lang.MapEntry. :k (into {} (map #(vector % (str %)) (range 20))))
                                          :error :timeout :node "n3")])

; Blocks: 1 the history, 2 and 3 its parts, 4 the test before its end, 5 the test, 6 the index.
(let [chunks [(block 5 (numbers 8 11 8 0 4 2 8 5 4 3)) (block 4 (apply fressian first-chunk)) (block 4 (apply fressian second-chunk))
              (block 2 (fressian {:name "old" :history (BlockRef. 1)}))
              (block 3 (byte-array (concat (numbers 4 0) (fressian {:name "test" :a 1 "a" 2 :nodes ["n1" "n2"] :history (BlockRef. 1)}))))]
      offsets (vec (reductions + 18 (map count chunks)))
      index (block 1 (apply numbers 4 5 (mapcat (fn [i] [4 (inc i) 8 (offsets i)]) (range 5))))]
  (with-open [out (io/output-stream "test.jepsen")]
    (.write out (.getBytes "JEPSEN")) (.write out (numbers 4 1 8 (peek offsets)))
    (doseq [b (conj chunks index)] (.write out b))))
